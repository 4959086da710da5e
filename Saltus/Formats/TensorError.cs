namespace Saltus.Formats;

/// <summary>How a tensor in a well-formed file can differ from what a reader needs; common to all containers.</summary>
public enum TensorError
{
    /// <summary>There is no tensor of that name.</summary>
    Missing,

    /// <summary>The element type cannot serve.</summary>
    WrongDtype,

    /// <summary>The shape is another, or too large for memory.</summary>
    WrongShape,

    /// <summary>An element has a value that its type or its use does not allow.</summary>
    InvalidValue,
}

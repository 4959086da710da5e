namespace Saltus.Formats;

/// <summary>What is wrong with a JSON file.</summary>
public enum JsonFieldError
{
    /// <summary>The file is larger than its limit.</summary>
    TooLarge,

    /// <summary>The text is not JSON, or repeats a key.</summary>
    NotJson,

    /// <summary>The text is JSON but not an object.</summary>
    NotObject,

    /// <summary>A required key is missing or null.</summary>
    Missing,

    /// <summary>A key has a value of another type.</summary>
    WrongType,

    /// <summary>A value has the right type and cannot be used.</summary>
    InvalidValue,
}

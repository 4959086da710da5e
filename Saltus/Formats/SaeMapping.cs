namespace Saltus.Formats;

/// <summary>Whether the weights of an SAE stay in their file, mapped into memory, or are read.</summary>
public enum SaeMapping
{
    /// <summary>They stay in the file where they are large, the file holds them as float32, and nothing has to be folded into them.</summary>
    Automatic,

    /// <summary>They are read.</summary>
    Never,

    /// <summary>They stay in the file wherever it holds them as float32 and nothing has to be folded into them, however small they are.</summary>
    WherePossible,
}

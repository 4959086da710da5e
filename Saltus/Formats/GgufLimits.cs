namespace Saltus.Formats;

/// <summary>Limits of GGUF files: what is beyond them is refused before anything of that size is allocated.</summary>
public static class GgufLimits
{
    /// <summary>Longest key in bytes; the format's own limit.</summary>
    public const int MaxKeyBytes = 65535;

    /// <summary>Longest name of a tensor in bytes; the format's own limit.</summary>
    public const int MaxNameBytes = 64;

    /// <summary>Largest number of dimensions; the format's own limit.</summary>
    public const int MaxRank = 4;

    /// <summary>Deepest array within arrays; published files have none.</summary>
    public const int MaxNesting = 4;
}

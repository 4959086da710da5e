namespace Saltus.Formats;

/// <summary>Limits of safetensors files: what is beyond them is refused before anything of that size is allocated.</summary>
public static class SafetensorsLimits
{
    /// <summary>Longest header in bytes; the official readers' own limit.</summary>
    public const int MaxHeaderBytes = 100_000_000;

    /// <summary>Largest number of dimensions.</summary>
    public const int MaxRank = 32;

    /// <summary>Largest index file in bytes.</summary>
    public const int MaxIndexBytes = 100_000_000;
}

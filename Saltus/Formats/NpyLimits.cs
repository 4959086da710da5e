namespace Saltus.Formats;

/// <summary>Limits of .npy files.</summary>
public static class NpyLimits
{
    /// <summary>Longest header in bytes; NumPy's own limit.</summary>
    public const int MaxHeaderBytes = 10_000;

    /// <summary>Largest number of dimensions.</summary>
    public const int MaxRank = 32;
}

namespace Saltus.Formats;

/// <summary>Limits of .npz archives. Nothing is allocated by what a directory says: arrays are inflated a block at a time.</summary>
public static class NpzLimits
{
    /// <summary>Largest number of entries.</summary>
    public const int MaxEntries = 100_000;

    /// <summary>Largest ratio of inflated to deflated bytes: deflate itself reaches about 1,032.</summary>
    public const int MaxInflation = 1_100;
}

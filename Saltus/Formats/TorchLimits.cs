namespace Saltus.Formats;

/// <summary>Limits of torch files. A pickle takes at most <see cref="MaxMemoryPerByte"/> times its length; storages are read in place, or inflated once if they are deflated.</summary>
public static class TorchLimits
{
    /// <summary>Longest pickle in bytes: a state of ten thousand tensors takes about one million.</summary>
    public const int MaxPickleBytes = 16 << 20;

    /// <summary>Largest ratio of inflated to deflated bytes of a pickle; torch itself never deflates.</summary>
    public const int MaxPickleInflation = 32;

    /// <summary>Values that a pickle may leave waiting: it takes dictionaries and lists in lots of 1,000.</summary>
    public const int MaxStack = 1 << 16;

    /// <summary>Containers that a pickle may have under way at once.</summary>
    public const int MaxMarks = 256;

    /// <summary>Largest index of a value that a pickle remembers.</summary>
    public const int MaxMemo = 1 << 22;

    /// <summary>Largest number of dimensions.</summary>
    public const int MaxRank = 32;

    /// <summary>Memory that reading a byte of pickle may take: an empty list is one byte there, and an object here.</summary>
    public const int MaxMemoryPerByte = 256;
}

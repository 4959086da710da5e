namespace Saltus.Tensors;

/// <summary>
/// Counts what the garbage collector does not see, so that a test can hold all memory that a file makes us take against its size, and all
/// that training holds against its formula.
/// </summary>
internal static class UnmanagedMemory
{
    [ThreadStatic]
    private static long s_allocated;

    private static long s_live;

    /// <summary>Gets the bytes that buffers made by this thread have taken since it began, those given back included.</summary>
    public static long AllocatedByThread => s_allocated;

    /// <summary>Gets the bytes that all buffers of the process hold now.</summary>
    public static long Live => Volatile.Read(ref s_live);

    /// <summary>Takes in that a buffer was made.</summary>
    /// <param name="bytes">Its size.</param>
    public static void Count(long bytes)
    {
        s_allocated += bytes;
        Interlocked.Add(ref s_live, bytes);
    }

    /// <summary>Takes in that a buffer was given back.</summary>
    /// <param name="bytes">Its size.</param>
    public static void Release(long bytes) => Interlocked.Add(ref s_live, -bytes);
}

namespace Saltus.Tensors;

/// <summary>Counts what the garbage collector does not see, so that a test can hold all memory that a file makes us take against its size.</summary>
internal static class UnmanagedMemory
{
    [ThreadStatic]
    private static long s_allocated;

    /// <summary>Gets the bytes that buffers made by this thread have taken since it began, those given back included.</summary>
    public static long AllocatedByThread => s_allocated;

    /// <summary>Takes in that a buffer was made.</summary>
    /// <param name="bytes">Its size.</param>
    public static void Count(long bytes) => s_allocated += bytes;
}

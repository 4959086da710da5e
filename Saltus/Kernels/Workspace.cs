using Saltus.Tensors;

namespace Saltus.Kernels;

/// <summary>A float buffer that a thread keeps between calls, so that kernels allocate nothing in the steady state.</summary>
internal static class Workspace
{
    [ThreadStatic]
    private static AlignedBuffer<float>? t_buffer;

    /// <summary>Gets this thread's buffer with room for <paramref name="length"/> values, contents undefined.</summary>
    /// <param name="length">Number of values.</param>
    /// <returns>A view; valid until the next call on this thread.</returns>
    public static Span<float> Take(int length)
    {
        if (t_buffer is null || t_buffer.Length < length)
        {
            t_buffer?.Dispose();
            t_buffer = new AlignedBuffer<float>(length + (length / 4));
        }

        return t_buffer.Slice(0, length);
    }
}

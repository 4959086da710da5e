using Saltus.Tensors;

namespace Saltus.Kernels;

/// <summary>Float buffers that a thread keeps between calls, so that kernels allocate nothing in the steady state.</summary>
internal static class Workspace
{
    private const int Slots = 6;

    [ThreadStatic]
    private static AlignedBuffer<float>?[]? s_buffers;

    /// <summary>Gets one of this thread's buffers with room for <paramref name="length"/> values, contents undefined.</summary>
    /// <param name="length">Number of values.</param>
    /// <param name="slot">Which buffer: 0 is the kernels' own, callers of kernels take others.</param>
    /// <returns>A view; valid until the next call with that slot on this thread.</returns>
    public static Span<float> Take(int length, int slot = 0)
    {
        s_buffers ??= new AlignedBuffer<float>?[Slots];
        AlignedBuffer<float>? buffer = s_buffers[slot];
        if (buffer is null || buffer.Length < length)
        {
            buffer?.Dispose();
            buffer = new AlignedBuffer<float>(length + (length / 4));
            s_buffers[slot] = buffer;
        }

        return buffer.Slice(0, length);
    }
}

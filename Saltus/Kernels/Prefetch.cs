using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Saltus.Kernels;

/// <summary>Asks for memory that is about to be read. A hint: nothing where the processor has none, and never a fault.</summary>
internal static class Prefetch
{
    private const int Line = 64;

    /// <summary>Fetches a row into the caches.</summary>
    /// <param name="row">The row, in unmanaged memory.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Row(ReadOnlySpan<float> row)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        byte* start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(row));
        for (int at = 0; at < row.Length * sizeof(float); at += Line)
        {
            Sse.Prefetch0(start + at);
        }
    }
}

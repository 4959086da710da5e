using System.Buffers.Binary;

namespace Saltus.Formats;

/// <summary>
/// Blocks of quantised values to float32. w = d·q, or w = d·q + m with the product rounded before the sum: the same bits on every machine.
/// d and m are half-precision numbers at the block's own places, q unsigned or shifted small integers; for the large blocks d and m are
/// first multiplied by the small integer scales of 16 or 32 values. Called row by row while weights are packed.
/// </summary>
internal static partial class GgufBlocks
{
    private const int Half = 16;
    private const int Nibble = 4;
    private const int NibbleMask = 0xF;

    /// <summary>Widens whole blocks.</summary>
    /// <param name="dtype">A type that is kept in blocks.</param>
    /// <param name="source">The blocks, one after the other.</param>
    /// <param name="destination">As many values as they hold.</param>
    public static void Widen(TensorDtype dtype, ReadOnlySpan<byte> source, Span<float> destination)
    {
        int bytes = dtype.BlockBytes();
        int length = dtype.BlockLength();
        for (int start = 0; start < destination.Length; start += length, source = source[bytes..])
        {
            ReadOnlySpan<byte> block = source[..bytes];
            Span<float> values = destination.Slice(start, length);
            switch (dtype)
            {
                case TensorDtype.Q4Zero: Q4Zero(block, values); break;
                case TensorDtype.Q4One: Q4One(block, values); break;
                case TensorDtype.Q5Zero: Q5Zero(block, values); break;
                case TensorDtype.Q5One: Q5One(block, values); break;
                case TensorDtype.Q8Zero: Q8Zero(block, values); break;
                case TensorDtype.Q2K: Q2K(block, values); break;
                case TensorDtype.Q3K: Q3K(block, values); break;
                case TensorDtype.Q4K: Q4K(block, values); break;
                case TensorDtype.Q5K: Q5K(block, values); break;
                case TensorDtype.Q6K: Q6K(block, values); break;
                default: throw new ArgumentOutOfRangeException(nameof(dtype));
            }
        }
    }

    private static float Scale(ReadOnlySpan<byte> block, int at) => (float)BinaryPrimitives.ReadHalfLittleEndian(block[at..]);

    // d | 16 bytes: value v is the low nibble of byte v, value 16 + v its high one.
    private static void Q4Zero(ReadOnlySpan<byte> block, Span<float> values)
    {
        const int Zero = 8;
        float d = Scale(block, 0);
        ReadOnlySpan<byte> nibbles = block[2..];
        for (int v = 0; v < Half; v++)
        {
            values[v] = d * ((nibbles[v] & NibbleMask) - Zero);
            values[Half + v] = d * ((nibbles[v] >> Nibble) - Zero);
        }
    }

    // d | m | 16 bytes.
    private static void Q4One(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Scale(block, 0);
        float m = Scale(block, 2);
        ReadOnlySpan<byte> nibbles = block[4..];
        for (int v = 0; v < Half; v++)
        {
            values[v] = (d * (nibbles[v] & NibbleMask)) + m;
            values[Half + v] = (d * (nibbles[v] >> Nibble)) + m;
        }
    }

    // d | 32 fifth bits | 16 bytes.
    private static void Q5Zero(ReadOnlySpan<byte> block, Span<float> values)
    {
        const int Zero = 16;
        float d = Scale(block, 0);
        uint fifth = BinaryPrimitives.ReadUInt32LittleEndian(block[2..]);
        ReadOnlySpan<byte> nibbles = block[6..];
        for (int v = 0; v < Half; v++)
        {
            values[v] = d * (((nibbles[v] & NibbleMask) | Fifth(fifth, v)) - Zero);
            values[Half + v] = d * (((nibbles[v] >> Nibble) | Fifth(fifth, Half + v)) - Zero);
        }
    }

    // d | m | 32 fifth bits | 16 bytes.
    private static void Q5One(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Scale(block, 0);
        float m = Scale(block, 2);
        uint fifth = BinaryPrimitives.ReadUInt32LittleEndian(block[4..]);
        ReadOnlySpan<byte> nibbles = block[8..];
        for (int v = 0; v < Half; v++)
        {
            values[v] = (d * ((nibbles[v] & NibbleMask) | Fifth(fifth, v))) + m;
            values[Half + v] = (d * ((nibbles[v] >> Nibble) | Fifth(fifth, Half + v))) + m;
        }
    }

    private static int Fifth(uint bits, int value) => (int)((bits >> value) & 1) << Nibble;

    // d | 32 signed bytes.
    private static void Q8Zero(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Scale(block, 0);
        ReadOnlySpan<byte> bytes = block[2..];
        for (int v = 0; v < values.Length; v++)
        {
            values[v] = d * (sbyte)bytes[v];
        }
    }
}

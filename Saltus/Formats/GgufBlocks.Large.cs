namespace Saltus.Formats;

/// <content>Blocks of 256.</content>
internal static partial class GgufBlocks
{
    private const int Part = 32;
    private const int SixBits = 63;
    private const int TwoBits = 3;

    // 16 bytes of scale and minimum | 64 bytes of four values | d | m. Value 128h + 32p + v: bits 2p of byte 32h + v.
    private static void Q2K(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Scale(block, 80);
        float m = Scale(block, 82);
        for (int group = 0; group < 16; group++)
        {
            (int half, int pair) = (group / 8, group % 8 / 2);
            float scale = d * (block[group] & NibbleMask);
            float minimum = m * (block[group] >> Nibble);
            ReadOnlySpan<byte> bytes = block.Slice(16 + (Part * half) + (Half * (group % 2)), Half);
            Span<float> part = values.Slice(Half * group, Half);
            for (int v = 0; v < Half; v++)
            {
                part[v] = (scale * ((bytes[v] >> (2 * pair)) & TwoBits)) - minimum;
            }
        }
    }

    // 32 bytes of third bits | 64 bytes of four values | 12 bytes of sixteen 6-bit scales | d. A third bit that is not set takes 4 off.
    private static void Q3K(ReadOnlySpan<byte> block, Span<float> values)
    {
        const int Zero = 32;
        const int Third = 4;
        float d = Scale(block, 108);
        ReadOnlySpan<byte> packed = block.Slice(96, 12);
        for (int group = 0; group < 16; group++)
        {
            (int half, int pair) = (group / 8, group % 8 / 2);
            int low = group < 8 ? packed[group] & NibbleMask : packed[group - 8] >> Nibble;
            int high = (packed[8 + (group % 4)] >> (2 * (group / 4))) & TwoBits;
            float scale = d * ((low | (high << Nibble)) - Zero);
            int within = Half * (group % 2);
            ReadOnlySpan<byte> bytes = block.Slice(Part + (Part * half) + within, Half);
            ReadOnlySpan<byte> thirds = block.Slice(within, Half);
            Span<float> part = values.Slice(Half * group, Half);
            int mask = 1 << ((4 * half) + pair);
            for (int v = 0; v < Half; v++)
            {
                part[v] = scale * (((bytes[v] >> (2 * pair)) & TwoBits) - ((thirds[v] & mask) != 0 ? 0 : Third));
            }
        }
    }

    // d | m | 12 bytes of eight 6-bit scales and minima | 128 bytes of two values. Value 64p + v: low nibble of byte 32p + v, then the high ones.
    private static void Q4K(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Scale(block, 0);
        float m = Scale(block, 2);
        for (int group = 0; group < 8; group++)
        {
            (float scale, float minimum) = ScaleAndMinimum(block.Slice(4, 12), group, d, m);
            ReadOnlySpan<byte> bytes = block.Slice(16 + (Part * (group / 2)), Part);
            Span<float> part = values.Slice(Part * group, Part);
            int shift = Nibble * (group % 2);
            for (int v = 0; v < Part; v++)
            {
                part[v] = (scale * ((bytes[v] >> shift) & NibbleMask)) - minimum;
            }
        }
    }

    // As Q4_K, with 32 bytes of fifth bits behind the scales: bit g of byte v is that of value v of group g.
    private static void Q5K(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = Scale(block, 0);
        float m = Scale(block, 2);
        ReadOnlySpan<byte> fifths = block.Slice(16, Part);
        for (int group = 0; group < 8; group++)
        {
            (float scale, float minimum) = ScaleAndMinimum(block.Slice(4, 12), group, d, m);
            ReadOnlySpan<byte> bytes = block.Slice(48 + (Part * (group / 2)), Part);
            Span<float> part = values.Slice(Part * group, Part);
            int shift = Nibble * (group % 2);
            for (int v = 0; v < Part; v++)
            {
                int fifth = ((fifths[v] >> group) & 1) << Nibble;
                part[v] = (scale * (((bytes[v] >> shift) & NibbleMask) | fifth)) - minimum;
            }
        }
    }

    // 128 bytes of low nibbles | 64 bytes of high bits | 16 signed scales | d. Of half h, part p (32 values): nibble p / 2 of byte 32(p mod 2) + v.
    private static void Q6K(ReadOnlySpan<byte> block, Span<float> values)
    {
        const int Zero = 32;
        float d = Scale(block, 208);
        for (int group = 0; group < 16; group++)
        {
            (int half, int part, int within) = (group / 8, group % 8 / 2, Half * (group % 2));
            float scale = d * (sbyte)block[192 + group];
            ReadOnlySpan<byte> low = block.Slice((64 * half) + (Part * (part % 2)) + within, Half);
            ReadOnlySpan<byte> high = block.Slice(128 + (Part * half) + within, Half);
            Span<float> target = values.Slice(Half * group, Half);
            int shift = Nibble * (part / 2);
            for (int v = 0; v < Half; v++)
            {
                target[v] = scale * ((((low[v] >> shift) & NibbleMask) | (((high[v] >> (2 * part)) & TwoBits) << Nibble)) - Zero);
            }
        }
    }

    // Of the first four groups six bits each; of the others the low four bits, and their high two above the six of the first.
    private static (float Scale, float Minimum) ScaleAndMinimum(ReadOnlySpan<byte> packed, int group, float d, float m)
    {
        const int SixShift = 6;
        int scale = group < 4 ? packed[group] & SixBits : (packed[group + 4] & NibbleMask) | ((packed[group - 4] >> SixShift) << Nibble);
        int minimum = group < 4 ? packed[group + 4] & SixBits : (packed[group + 4] >> Nibble) | ((packed[group] >> SixShift) << Nibble);
        return (d * scale, m * minimum);
    }
}

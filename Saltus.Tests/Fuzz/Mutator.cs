using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Saltus.Tensors;

namespace Saltus.Tests.Fuzz;

/// <summary>Changes sound files: bits, numbers, lengths, stretches; in text also its marks, numbers and depth. All from one seed.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> seeds, bool isText, RandomSource random)
{
    /// <summary>Larger inputs say nothing that these do not.</summary>
    private const int LargestInput = 1 << 16;

    private const int MostChanges = 4;
    private static readonly long[] s_numbers = [0, 1, -1, 2, 7, 8, 127, 128, 255, 256, 32767, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 32, 1L << 62, long.MaxValue, long.MinValue];

    private static readonly byte[][] s_words = [.. new[]
    {
        "0", "-1", "1e999", "-0", "1.5", "9223372036854775807", "18446744073709551616", "4294967296", "1000000000", "null", "true", "\"\"", "[]", "{}",
        "NaN", "\"\\ud800\"", "\"\\u0000\"", "[[", "{\"a\":", ",", ":", "}", "]", "\n", "\"F64\"", "\"I8\"", "../x",
    }.Select(Encoding.UTF8.GetBytes)];

    private static readonly SearchValues<byte> s_valueStart = SearchValues.Create("0123456789\""u8);
    private static readonly SearchValues<byte> s_numeric = SearchValues.Create("0123456789.eE+-"u8);

    /// <summary>Makes the next input.</summary>
    public byte[] Next()
    {
        byte[] bytes = seeds[random.NextInt(seeds.Count)];
        for (int changes = 1 + random.NextInt(MostChanges); changes > 0; changes--)
        {
            bytes = isText && random.NextInt(2) == 0 ? ChangeText(bytes) : ChangeBytes(bytes);
        }

        return bytes;
    }

    private static byte[] Replace(byte[] bytes, int at, int removed, ReadOnlySpan<byte> put)
    {
        removed = Math.Min(removed, bytes.Length - at);
        byte[] result = new byte[Math.Min(LargestInput, bytes.Length - removed + put.Length)];
        int copied = Math.Min(at, result.Length);
        bytes.AsSpan(0, copied).CopyTo(result);
        int placed = Math.Min(put.Length, result.Length - copied);
        put[..placed].CopyTo(result.AsSpan(copied));
        int rest = result.Length - copied - placed;
        bytes.AsSpan(at + removed, rest).CopyTo(result.AsSpan(copied + placed));
        return result;
    }

    private byte[] ChangeBytes(byte[] bytes)
    {
        int at = random.NextInt(bytes.Length + 1);
        int length = 1 + random.NextInt(random.NextInt(4) == 0 ? 256 : 8);
        switch (random.NextInt(8))
        {
            case 0 when at < bytes.Length:
                byte[] flipped = [.. bytes];
                flipped[at] ^= (byte)(1 << random.NextInt(8));
                return flipped;
            case 1 when at < bytes.Length:
                return Replace(bytes, at, 1, [(byte)random.NextInt(256)]);
            case 2:
                Span<byte> number = stackalloc byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(number, s_numbers[random.NextInt(s_numbers.Length)] + random.NextInt(3) - 1);
                int width = 1 << random.NextInt(4);
                return Replace(bytes, at, width, number[..width]);
            case 3:
                return Replace(bytes, at, length, []);
            case 4:
                return bytes[..at];
            case 5:
                // A stretch of another file, or of this one, at another place.
                byte[] other = seeds[random.NextInt(seeds.Count)];
                int from = random.NextInt(other.Length + 1);
                return Replace(bytes, at, random.NextInt(2) * length, other.AsSpan(from, Math.Min(length, other.Length - from)));
            case 6:
                byte[] run = new byte[length];
                run.AsSpan().Fill((byte)random.NextInt(256));
                return Replace(bytes, at, random.NextInt(2) * length, run);
            default:
                byte[] second = seeds[random.NextInt(seeds.Count)];
                return Replace(bytes, at, bytes.Length, second.AsSpan(Math.Min(at, second.Length)));
        }
    }

    private byte[] ChangeText(byte[] bytes)
    {
        int at = random.NextInt(bytes.Length + 1);
        ReadOnlySpan<byte> word = s_words[random.NextInt(s_words.Length)];
        switch (random.NextInt(5))
        {
            case 0:
                return Replace(bytes, at, 0, word);
            case 1:
                // A whole value gives way: the next number, or what stands between quotes.
                int start = bytes.AsSpan(at).IndexOfAny(s_valueStart);
                if (start < 0)
                {
                    return Replace(bytes, at, 1, word);
                }

                start += at;
                int end = bytes[start] == (byte)'"' ? bytes.AsSpan(start + 1).IndexOf((byte)'"') + 2 : bytes.AsSpan(start).IndexOfAnyExcept(s_numeric);
                return Replace(bytes, start, Math.Max(1, end), word);
            case 2:
                // Deep nesting.
                byte[] deep = new byte[1 + random.NextInt(3000)];
                deep.AsSpan().Fill((byte)(random.NextInt(2) == 0 ? '[' : '{'));
                return Replace(bytes, at, 0, deep);
            case 3:
                // From one mark to the next a second time: keys twice, lists in lists.
                int first = bytes.AsSpan(at).IndexOfAny(",{["u8);
                int stretch = first < 0 ? -1 : bytes.AsSpan(at + first + 1).IndexOfAny(",}]"u8);
                return stretch < 0 ? Replace(bytes, at, 0, word) : Replace(bytes, at + first, 0, bytes.AsSpan(at + first, stretch + 1));
            default:
                return Replace(bytes, at, 1 + random.NextInt(12), word);
        }
    }
}

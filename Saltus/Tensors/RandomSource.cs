using System.Numerics;
using System.Text;

namespace Saltus.Tensors;

/// <summary>
/// The one source of randomness: xoshiro256** (Blackman, Vigna 2018), seeded by SplitMix64 from a seed and the name of the use
/// ("init", "shuffle", …), so that adding a use never moves the numbers of another. The same on every machine; its state is 32 bytes
/// that a checkpoint can hold.
/// </summary>
public sealed class RandomSource
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>Creates the stream of one use under one seed.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="use">What the numbers are for, in a word.</param>
    public RandomSource(long seed, string use)
    {
        ulong state = unchecked((ulong)seed);
        foreach (byte value in Encoding.UTF8.GetBytes(use))
        {
            // FNV-1a over the name, started from the seed: equal seeds with different names give unrelated streams.
            state = unchecked((state ^ value) * 0x100000001B3UL) + 0x9E3779B97F4A7C15UL;
        }

        _s0 = SplitMix(ref state);
        _s1 = SplitMix(ref state);
        _s2 = SplitMix(ref state);
        _s3 = SplitMix(ref state);
    }

    /// <summary>Gets or sets the whole state: four words.</summary>
    /// <exception cref="ArgumentException">The state does not have four words, or all are zero.</exception>
    public ReadOnlyMemory<ulong> State
    {
        get => new[] { _s0, _s1, _s2, _s3 };
        set
        {
            if (value.Length != 4 || !value.Span.ContainsAnyExcept(0UL))
            {
                throw new ArgumentException("the state of a random stream is four words, not all zero", nameof(value));
            }

            (_s0, _s1, _s2, _s3) = (value.Span[0], value.Span[1], value.Span[2], value.Span[3]);
        }
    }

    /// <summary>Gets the next 64 random bits.</summary>
    /// <returns>Any value.</returns>
    public ulong NextUInt64()
    {
        ulong result = unchecked(BitOperations.RotateLeft(_s1 * 5, 7) * 9);
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Gets a uniform integer below <paramref name="bound"/>, without bias (Lemire's multiply with rejection).</summary>
    /// <param name="bound">One above the largest result; at least 1.</param>
    /// <returns>A value in [0, bound).</returns>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        uint range = (uint)bound;
        uint threshold = unchecked(0u - range) % range;
        while (true)
        {
            ulong product = (NextUInt64() >> 32) * range;
            if ((uint)product >= threshold)
            {
                return (int)(product >> 32);
            }
        }
    }

    /// <summary>Gets a uniform number in [0, 1) with 53 random bits.</summary>
    /// <returns>A value in [0, 1).</returns>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Permutes <paramref name="items"/> uniformly (Fisher–Yates from the end).</summary>
    /// <typeparam name="T">The item type.</typeparam>
    /// <param name="items">What to permute in place.</param>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong SplitMix(ref ulong state)
    {
        unchecked
        {
            state += 0x9E3779B97F4A7C15UL;
            ulong z = state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }
}

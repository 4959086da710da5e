using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Saltus.Kernels;

/// <summary>
/// q = round(v / scale) with the smallest scale that keeps every bound of <see cref="Int8Layout"/>, and upper bounds on ‖v‖, ‖scale·q‖
/// and ‖v − scale·q‖. v [n], n a multiple of 32, zero-padded; q: n bytes in groups of 8 words.
/// Called by <see cref="Int8Weights"/> (latents) and <see cref="Int8Tokens"/> (tokens), once a row and encoding.
/// Sums run in float32 over v / scale, which neither overflows nor underflows; their rounding errors are added to the bounds.
/// </summary>
internal static class Int8Quantizer
{
    /// <summary>Largest integer of a single value.</summary>
    private const float Limit = 127;

    /// <summary>Adding and subtracting 1.5 · 2^23 rounds a float of small size to the nearest integer and leaves it in the low bits.</summary>
    private const float Magic = 12582912;

    /// <summary>Below it squares of values could vanish: such a vector counts as all residual.</summary>
    private const float Tiny = 1e-12f;

    /// <summary>Above it products of norms could overflow float32.</summary>
    public const float Huge = 1.1529215e18f;

    /// <summary>Of one value in units of the scale: twice 2^-24 of at most 127 for v · (1 / scale), rounded up.</summary>
    private const double UnitError = 2e-5;

    /// <summary>Quantizes one vector.</summary>
    /// <param name="v">[n], n a multiple of 32.</param>
    /// <param name="budget">Largest norm of a half-group of q.</param>
    /// <param name="boundsPairs">
    /// Whether the two neighbours of a 16-bit product must not exceed 128 together: 255 · 128 is the most that it holds. The unsigned side is free.
    /// </param>
    /// <param name="q">n / 4 words; overwritten.</param>
    /// <returns>Scale and bounds; <see cref="Int8Row.Unbounded"/> with q zero where a value is not finite or above 2^60.</returns>
    public static Int8Row Quantize(ReadOnlySpan<float> v, float budget, bool boundsPairs, Span<int> q)
    {
        ReadOnlySpan<Vector256<float>> values = MemoryMarshal.Cast<float, Vector256<float>>(v);
        (float largest, float pair, float half, float squares) = Extent(values);
        if (!(squares < Huge * Huge))
        {
            q.Clear();
            return Int8Row.Unbounded;
        }

        if (pair < Tiny)
        {
            q.Clear();
            float norm = pair == 0 ? 0 : Up(pair * Math.Sqrt(v.Length));
            return new Int8Row(0, norm, 0, norm);
        }

        // A factor above one keeps the quotients below the limits in spite of rounding; rounding to integers adds at most 16 · ½² to a half-group.
        float scale = MathF.Max((boundsPairs ? pair : largest) / Limit, half * (1 + 1e-5f) / (budget - 2)) * (1 + 1e-6f);
        (float norms, float quantized, float residuals) = Round(values, 1 / scale, MemoryMarshal.Cast<int, Vector256<int>>(q));
        double slack = 1 + (v.Length * Math.ScaleB(1, -23));
        double error = Math.Sqrt(v.Length) * UnitError;
        return new Int8Row(
            scale,
            Up(scale * (Math.Sqrt(norms * slack) + error)),
            Up(scale * Math.Sqrt(quantized * slack)),
            Up(scale * (Math.Sqrt(residuals * slack) + error)));
    }

    /// <summary>Sums the integers of each half-group.</summary>
    /// <param name="q">Words of a latent.</param>
    /// <param name="offsets">One word a group: −128 times the sums of its lower and upper half-group, modulo 2^16; overwritten.</param>
    public static void Offsets(ReadOnlySpan<int> q, Span<int> offsets)
    {
        ReadOnlySpan<Vector256<int>> words = MemoryMarshal.Cast<int, Vector256<int>>(q);
        for (int group = 0; group < offsets.Length; group++)
        {
            Vector256<short> low = words[group].AsInt16() << 8 >> 8;
            Vector256<short> high = words[group].AsInt16() >> 8;
            Vector256<int> sums = (low + high).AsInt32();
            int lower = Vector256.Sum(sums << 16 >> 16);
            int upper = Vector256.Sum(sums >> 16);
            offsets[group] = ((-128 * lower) & 0xFFFF) | ((-128 * upper) << 16);
        }
    }

    /// <summary>Rounds up to float32.</summary>
    /// <param name="value">Not NaN.</param>
    /// <returns>A float above the value.</returns>
    public static float Up(double value) => MathF.BitIncrement((float)value);

    /// <summary>Largest |value|, largest sum of two neighbours, largest norm of a half-group, sum of squares.</summary>
    private static (float Largest, float Pair, float Half, float Squares) Extent(ReadOnlySpan<Vector256<float>> values)
    {
        Vector256<float> largest = default, pair = default;
        float half = 0, squares = 0;
        for (int i = 0; i < values.Length; i += 4)
        {
            Vector256<float> a = Vector256.Abs(values[i]), b = Vector256.Abs(values[i + 1]);
            Vector256<float> c = Vector256.Abs(values[i + 2]), d = Vector256.Abs(values[i + 3]);
            largest = Vector256.MaxNative(largest, Vector256.MaxNative(Vector256.MaxNative(a, b), Vector256.MaxNative(c, d)));
            pair = Vector256.MaxNative(pair, Vector256.MaxNative(a + c, b + d));
            float lower = Vector256.Sum((a * a) + (c * c));
            float upper = Vector256.Sum((b * b) + (d * d));
            half = MathF.Max(half, MathF.Max(lower, upper));
            squares += lower + upper;
        }

        return (Largest(largest), Largest(pair), MathF.Sqrt(half), squares);
    }

    private static float Largest(Vector256<float> lanes)
    {
        float largest = 0;
        for (int lane = 0; lane < 8; lane++)
        {
            largest = MathF.Max(largest, lanes[lane]);
        }

        return largest;
    }

    private static (float Norms, float Quantized, float Residuals) Round(ReadOnlySpan<Vector256<float>> values, float inverse, Span<Vector256<int>> words)
    {
        Vector256<float> norms = default, quantized = default, residuals = default;
        Vector256<int> lowByte = Vector256.Create(0xFF);
        for (int group = 0; group < words.Length; group++)
        {
            Vector256<int> word = default;
            for (int part = 3; part >= 0; part--)
            {
                // The parts of a word, highest byte first, are k + 24, k + 8, k + 16, k.
                Vector256<float> unit = values[(4 * group) + (((part & 1) << 1) | (part >> 1))] * inverse;
                Vector256<float> shifted = unit + Vector256.Create(Magic);
                Vector256<float> whole = shifted - Vector256.Create(Magic);
                Vector256<float> rest = unit - whole;
                norms += unit * unit;
                quantized += whole * whole;
                residuals += rest * rest;
                word = (word << 8) | (shifted.AsInt32() & lowByte);
            }

            words[group] = word;
        }

        return (Vector256.Sum(norms), Vector256.Sum(quantized), Vector256.Sum(residuals));
    }
}

using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>
/// Encodes one batch with two SAEs and compares. A convention that was missed changes most latents; rounding of weights changes values a little and, at a
/// threshold, whether a few latents are active.
/// </summary>
internal static class SaeProbe
{
    private const int Rows = 64;

    /// <summary>Float32: one rounding of a bias. The others: their unit in the last place, through sums of many terms.</summary>
    private static readonly Dictionary<TensorDtype, (double Value, double Support)> s_tolerances = new()
    {
        [TensorDtype.F32] = (1e-4, 0.002),
        [TensorDtype.F16] = (1e-2, 0.02),
        [TensorDtype.BF16] = (8e-2, 0.1),
    };

    /// <summary>Compares.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="original">The one.</param>
    /// <param name="written">The other.</param>
    /// <param name="dtype">What the other's weights were rounded to.</param>
    /// <returns>One sentence; null where they differ by more than rounding can do.</returns>
    public static ProbeResult? Compare(WorkTeam team, SparseCoder original, SparseCoder written, TensorDtype dtype)
    {
        if (original.InputWidth != written.InputWidth || original.OutputWidth != written.OutputWidth || original.Latents != written.Latents)
        {
            return null;
        }

        using Matrix x = Vectors(original);
        using Matrix expected = new(Rows, original.OutputWidth);
        using Matrix found = new(Rows, original.OutputWidth);
        SparseActivations a = original.Forward(team, x, expected);
        SparseActivations b = written.Forward(team, x, found);
        (double tolerance, double supportTolerance) = s_tolerances[dtype];
        long active = 0, changed = 0;
        double apart = 0;
        for (int row = 0; row < Rows; row++)
        {
            Dictionary<int, float> values = [];
            double largest = 0;
            for (int i = 0; i < a.LatentsOf(row).Length; i++)
            {
                values[a.LatentsOf(row)[i]] = a.ValuesOf(row)[i];
                largest = Math.Max(largest, Math.Abs(a.ValuesOf(row)[i]));
            }

            active += values.Count(pair => pair.Value != 0);
            for (int i = 0; i < b.LatentsOf(row).Length; i++)
            {
                float value = b.ValuesOf(row)[i];
                bool isCommon = values.Remove(b.LatentsOf(row)[i], out float other) && other != 0;
                changed += !isCommon && value != 0 ? 1 : 0;
                apart = isCommon ? Math.Max(apart, Math.Abs((double)value - other) / Math.Max(largest, float.Epsilon)) : apart;
            }

            changed += values.Count(pair => pair.Value != 0);
        }

        double output = changed > 0 ? 0 : Apart(expected, found);
        return apart > tolerance || output > tolerance || changed > supportTolerance * Math.Max(active, 1) || !double.IsFinite(apart + output)
            ? null
            : new ProbeResult(FormattableString.Invariant(
                $"probe of {Rows} vectors: {active} active latents, {(changed == 0 ? "the same" : $"{changed} of them only in one")}; values at most {apart:0.#e+0} of a vector's largest apart"));
    }

    /// <summary>Vectors about the decoder bias, some of them along a few directions of the decoder, so that latents are active.</summary>
    private static Matrix Vectors(SparseCoder sae)
    {
        RandomSource random = new(1, "probe");
        Matrix x = new(Rows, sae.InputWidth);
        bool hasDirections = sae.OutputWidth == sae.InputWidth;
        for (int row = 0; row < Rows; row++)
        {
            Span<float> vector = x.Row(row);
            float size = MathF.Pow(2, (row % 8) - 3);
            foreach (ref float value in vector)
            {
                value = size * (float)((random.NextDouble() * 2) - 1);
            }

            for (int i = 0; hasDirections && row % 2 == 1 && i < 4; i++)
            {
                ReadOnlySpan<float> direction = sae.DecoderWeights.Row(random.NextInt(sae.Latents));
                float strength = 4 * size * (float)random.NextDouble();
                for (int j = 0; j < vector.Length; j++)
                {
                    vector[j] += strength * direction[j];
                }
            }
        }

        return x;
    }

    private static double Apart(Matrix expected, Matrix found)
    {
        double apart = 0;
        for (int row = 0; row < Rows; row++)
        {
            double largest = 0, difference = 0;
            for (int j = 0; j < expected.Columns; j++)
            {
                largest = Math.Max(largest, Math.Abs((double)expected.Row(row)[j]));
                difference = Math.Max(difference, Math.Abs((double)expected.Row(row)[j] - found.Row(row)[j]));
            }

            apart = Math.Max(apart, difference / Math.Max(largest, float.Epsilon));
        }

        return apart;
    }
}

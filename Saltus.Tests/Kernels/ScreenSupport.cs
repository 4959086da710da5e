using System.Runtime.InteropServices;
using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Tests.Kernels;

internal static class ScreenSupport
{
    /// <summary>Independent values of mean 0 and variance 1.</summary>
    public static Matrix Normal(int rows, int columns, RandomSource random)
    {
        Matrix matrix = new(rows, columns);
        foreach (ref float value in matrix.Span)
        {
            value = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return matrix;
    }

    /// <summary>Values that are all as large as one another, of one sign or alternating: integers at the limits of their range.</summary>
    public static Matrix Extreme(int rows, int columns, RandomSource random)
    {
        Matrix matrix = new(rows, columns);
        for (int row = 0; row < rows; row++)
        {
            int kind = random.NextInt(4);
            Span<float> values = matrix.Row(row);
            for (int k = 0; k < columns; k++)
            {
                values[k] = kind switch { 0 => 1, 1 => -1, 2 => k % 2 == 0 ? 1 : -1, _ => k == row ? 1 : 0 };
            }
        }

        return matrix;
    }

    /// <summary>Rows of every awkward kind: huge range, spikes, zeros, denormals, tiny, huge, overflowing, NaN, infinite, constant.</summary>
    public static Matrix Adversarial(int rows, int columns, RandomSource random)
    {
        Matrix matrix = Normal(rows, columns, random);
        for (int row = 0; row < rows; row++)
        {
            Span<float> values = matrix.Row(row);
            int spot = random.NextInt(columns);
            switch (random.NextInt(14))
            {
                case 0:
                    foreach (ref float value in values)
                    {
                        value *= (float)Math.Pow(10, (12 * random.NextDouble()) - 6);
                    }

                    break;
                case 1:
                    values[spot] = 1e6f;
                    break;
                case 2:
                    values.Clear();
                    break;
                case 3:
                    Scale(values, 1e-42f);
                    break;
                case 4:
                    Scale(values, 1e-20f);
                    break;
                case 5:
                    Scale(values, 1e-13f);
                    break;
                case 6:
                    Scale(values, 1e15f);
                    break;
                case 7:
                    Scale(values, 1e19f);
                    break;
                case 8:
                    Scale(values, 3e37f);
                    break;
                case 9:
                    values[spot] = float.NaN;
                    break;
                case 10:
                    values[spot] = random.NextInt(2) == 0 ? float.PositiveInfinity : float.NegativeInfinity;
                    break;
                case 11:
                    values.Fill(0.37f);
                    break;
                default:
                    break;
            }
        }

        return matrix;
    }

    /// <summary>Encodes with and without the screen; both must agree in every bit.</summary>
    /// <returns>The number of candidates.</returns>
    public static long AssertSame(WorkTeam team, Matrix x, Matrix w, float[] bias, float[] floors, string what)
    {
        using ScreenedEncode screened = new() { Mode = ScreenMode.Always };
        using ThresholdEncode plain = new();
        SparseActivations actual = new(w.Rows), expected = new(w.Rows);
        screened.Encode(team, x, w, bias, floors, actual);
        plain.Encode(team, x, w, bias, floors, expected);
        Assert.True(screened.Screened, what);
        Assert.True(expected.RowStart.SequenceEqual(actual.RowStart), $"{what}: rows");
        Assert.True(expected.Latent.SequenceEqual(actual.Latent), $"{what}: latents");
        Assert.True(MemoryMarshal.AsBytes(expected.Value).SequenceEqual(MemoryMarshal.AsBytes(actual.Value)), $"{what}: values");
        return screened.Candidates;
    }

    private static void Scale(Span<float> values, float factor)
    {
        foreach (ref float value in values)
        {
            value *= factor;
        }
    }
}

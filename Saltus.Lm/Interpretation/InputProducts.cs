using Saltus.Autoencoders;
using Saltus.Tensors;

namespace Saltus.Lm.Interpretation;

/// <summary>Σ f·x of every latent and input dimension, with the sums that correlations need; in double, vector after vector.</summary>
/// <param name="latents">M.</param>
/// <param name="width">d.</param>
internal sealed class InputProducts(int latents, int width)
{
    private readonly double[]?[] _products = new double[latents][];
    private readonly double[] _sums = new double[latents];
    private readonly double[] _squares = new double[latents];
    private readonly double[] _inputSums = new double[width];
    private readonly double[] _inputSquares = new double[width];
    private long _count;

    /// <summary>Adds vectors.</summary>
    public void Add(SparseActivations activations, Matrix x, int firstRow, int count)
    {
        for (int row = firstRow; row < firstRow + count; row++)
        {
            ReadOnlySpan<float> input = x.Row(row);
            for (int j = 0; j < width; j++)
            {
                _inputSums[j] += input[j];
                _inputSquares[j] += (double)input[j] * input[j];
            }

            ReadOnlySpan<int> active = activations.LatentsOf(row);
            ReadOnlySpan<float> values = activations.ValuesOf(row);
            for (int i = 0; i < active.Length; i++)
            {
                double value = values[i];
                _sums[active[i]] += value;
                _squares[active[i]] += value * value;
                double[] products = _products[active[i]] ??= new double[width];
                for (int j = 0; j < width; j++)
                {
                    products[j] += value * input[j];
                }
            }
        }

        _count += count;
    }

    /// <summary>Pearson's r and the cosine (about zero) of a latent with each dimension; zeros where either does not vary.</summary>
    public (float[] Pearson, float[] Cosine) Of(int latent)
    {
        float[] pearson = new float[width];
        float[] cosine = new float[width];
        for (int j = 0; _products[latent] is double[] products && j < width; j++)
        {
            (pearson[j], cosine[j]) = Measure(_count, _sums[latent], _squares[latent], _inputSums[j], _inputSquares[j], products[j]);
        }

        return (pearson, cosine);
    }

    /// <summary>Pearson's r and the cosine of two series from their sums.</summary>
    public static (float Pearson, float Cosine) Measure(double n, double sumA, double squaresA, double sumB, double squaresB, double products)
    {
        double variances = (squaresA - (sumA * sumA / n)) * (squaresB - (sumB * sumB / n));
        double lengths = squaresA * squaresB;
        return (variances > 0 ? (float)((products - (sumA * sumB / n)) / Math.Sqrt(variances)) : 0, lengths > 0 ? (float)(products / Math.Sqrt(lengths)) : 0);
    }
}

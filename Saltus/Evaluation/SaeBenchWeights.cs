using System.Numerics.Tensors;
using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Evaluation;

/// <summary>What SAEBench's core evaluation says of each latent's weights.</summary>
public sealed class SaeBenchWeights
{
    private const int BlockRows = 256;

    private SaeBenchWeights(SparseAutoencoder sae, double[] encoderNorms, double[] encoderDecoderCosines, float[] maxEncoderCosines, float[] maxDecoderCosines)
    {
        EncoderBias = sae.EncoderBiases.ToArray();
        EncoderNorms = encoderNorms;
        EncoderDecoderCosines = encoderDecoderCosines;
        MaxEncoderCosines = maxEncoderCosines;
        MaxDecoderCosines = maxDecoderCosines;
    }

    /// <summary>Gets the encoder biases, [M]; with a decoder bias that is subtracted from the input folded in.</summary>
    public IReadOnlyList<float> EncoderBias { get; }

    /// <summary>Gets the length of each latent's encoder weights, [M].</summary>
    public IReadOnlyList<double> EncoderNorms { get; }

    /// <summary>Gets the cosine of encoder weights and decoder direction, [M]; NaN where either is zero or they differ in width.</summary>
    public IReadOnlyList<double> EncoderDecoderCosines { get; }

    /// <summary>Gets the largest cosine with the encoder weights of any other latent, [M].</summary>
    public IReadOnlyList<float> MaxEncoderCosines { get; }

    /// <summary>Gets the largest cosine with the decoder direction of any other latent, [M].</summary>
    public IReadOnlyList<float> MaxDecoderCosines { get; }

    /// <summary>Measures an SAE.</summary>
    /// <param name="team">Threads; results do not depend on their number.</param>
    /// <param name="sae">The SAE.</param>
    /// <param name="cancellation">Ends the work between blocks of latents.</param>
    /// <returns>One number of each kind a latent.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static SaeBenchWeights Measure(WorkTeam team, SparseAutoencoder sae, CancellationToken cancellation = default)
    {
        double[] norms = new double[sae.Latents];
        double[] cosines = new double[sae.Latents];
        team.Run(sae.Latents, latent =>
        {
            ReadOnlySpan<float> encoder = sae.EncoderWeights.Row(latent), decoder = sae.DecoderWeights.Row(latent);
            norms[latent] = Math.Sqrt(Reductions.SumOfSquaresInDouble(encoder));
            cosines[latent] = encoder.Length != decoder.Length
                ? double.NaN
                : Reductions.DotInDouble(encoder, decoder) / (norms[latent] * Math.Sqrt(Reductions.SumOfSquaresInDouble(decoder)));
        });
        return new SaeBenchWeights(sae, norms, cosines, MaxCosines(team, sae.EncoderWeights, cancellation), MaxCosines(team, sae.DecoderWeights, cancellation));
    }

    private static float[] MaxCosines(WorkTeam team, Matrix weights, CancellationToken cancellation)
    {
        float[] result = new float[weights.Rows];
        using Matrix unit = weights.Clone();
        team.Run(unit.Rows, latent =>
        {
            Span<float> row = unit.Row(latent);
            double norm = Math.Sqrt(Reductions.SumOfSquaresInDouble(row));
            if (norm > 0)
            {
                TensorPrimitives.Divide(row, (float)norm, row);
            }
        });
        for (int first = 0; first < unit.Rows; first += BlockRows)
        {
            cancellation.ThrowIfCancellationRequested();
            int offset = first;
            using Matrix block = Matrix.FromRows(Math.Min(BlockRows, unit.Rows - first), unit.Columns, unit.RowRange(first, Math.Min(BlockRows, unit.Rows - first)));
            using Matrix cosines = new(block.Rows, unit.Rows);
            MatMul.Multiply(team, block, new MatrixRows(unit), cosines);
            team.Run(block.Rows, row => result[offset + row] = LargestOther(cosines.Row(row), offset + row));
        }

        return result;
    }

    /// <summary>The largest of all but one; NaN where that one is alone.</summary>
    private static float LargestOther(ReadOnlySpan<float> values, int self)
    {
        float largest = float.NaN;
        for (int i = 0; i < values.Length; i++)
        {
            if (i != self && !(values[i] <= largest))
            {
                largest = values[i];
            }
        }

        return largest;
    }
}

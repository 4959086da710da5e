using System.Numerics.Tensors;
using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Reports;
using Saltus.Tensors;

namespace Saltus.Lm.Interpretation;

/// <summary>Lengths and angles of decoder directions.</summary>
internal sealed class DecoderGeometry
{
    private const int BlockRows = 256;
    private readonly double[] _norms;
    private readonly double?[] _encoderCosines;
    private readonly LatentNeighbour[][] _neighbours;

    public DecoderGeometry(WorkTeam team, SparseCoder sae, int neighbours)
    {
        _norms = new double[sae.Latents];
        _encoderCosines = new double?[sae.Latents];
        _neighbours = new LatentNeighbour[sae.Latents][];
        using Matrix unit = sae.DecoderWeights.Clone();
        team.Run(sae.Latents, latent =>
        {
            Span<float> direction = unit.Row(latent);
            _norms[latent] = Math.Sqrt(Reductions.SumOfSquaresInDouble(direction));
            _encoderCosines[latent] = sae is SparseAutoencoder linear ? EncoderCosine(linear, latent) : null;
            if (_norms[latent] > 0)
            {
                TensorPrimitives.Divide(direction, (float)_norms[latent], direction);
            }
        });
        for (int first = 0; first < sae.Latents; first += BlockRows)
        {
            int rows = Math.Min(BlockRows, sae.Latents - first);
            int offset = first;
            using Matrix block = Matrix.FromRows(rows, unit.Columns, unit.RowRange(first, rows));
            using Matrix cosines = new(rows, sae.Latents);
            MatMul.Multiply(team, block, new MatrixRows(unit), cosines);
            team.Run(rows, row => _neighbours[offset + row] = Nearest(cosines.Row(row), offset + row, neighbours));
        }
    }

    public double Norm(int latent) => _norms[latent];

    public double? EncoderCosine(int latent) => _encoderCosines[latent];

    public IReadOnlyList<LatentNeighbour> Neighbours(int latent) => _neighbours[latent];

    private static LatentNeighbour[] Nearest(ReadOnlySpan<float> cosines, int self, int count)
    {
        int[] nearest = LargestValues.Find(cosines, count, skip: self);
        LatentNeighbour[] result = new LatentNeighbour[nearest.Length];
        for (int i = 0; i < nearest.Length; i++)
        {
            result[i] = new LatentNeighbour(nearest[i], cosines[nearest[i]]);
        }

        return result;
    }

    private static double? EncoderCosine(SparseAutoencoder sae, int latent)
    {
        if (sae.InputWidth != sae.OutputWidth)
        {
            return null;
        }

        float[] encoder = new float[sae.InputWidth];
        sae.ReadEncoderRow(latent, encoder);
        ReadOnlySpan<float> decoder = sae.DecoderWeights.Row(latent);
        double lengths = Math.Sqrt(Reductions.SumOfSquaresInDouble(encoder)) * Math.Sqrt(Reductions.SumOfSquaresInDouble(decoder));
        return lengths > 0 ? Reductions.DotInDouble(encoder, decoder) / lengths : null;
    }
}

using System.Numerics.Tensors;
using Saltus.Kernels;

namespace Saltus.Training;

/// <content>
/// Kernels whose band holds most latents want every pre-activation and every slope, but only for one sum a latent. Two dense products make
/// them, a block of rows and a strip of latents at a time, and they are summed up while they are hot: a list of them would be larger than the dense array.
/// </content>
public sealed partial class Trainer
{
    /// <summary>Rows of a block: with inputs and gradients packed it fits the second-level cache. Fixed, since sums are taken by blocks.</summary>
    private const int BandRows = 128;

    /// <summary>Latents of an item: they repay packing, and are whole tiles.</summary>
    private const int BandLatents = 85 * LatentChunk.Latents;

    private readonly Action<int> _bandItem;

    /// <summary>Each block's sums, [blocks, M]; the first block's are the sums of all in the end.</summary>
    private double[] _bandSums = [];

    private int BandCuts => (Parameters.Latents + BandLatents - 1) / BandLatents;

    private void DifferentiateBand()
    {
        int latents = Parameters.Latents;
        int blocks = (_context.Rows + BandRows - 1) / BandRows;
        if (_bandSums.Length < blocks * latents)
        {
            _bandSums = new double[blocks * latents];
        }

        _team.Run(blocks * BandCuts, _bandItem);
        Span<double> sums = _bandSums.AsSpan(0, latents);
        for (int block = 1; block < blocks; block++)
        {
            TensorPrimitives.Add<double>(sums, _bandSums.AsSpan(block * latents, latents), sums);
        }
    }

    private void BandItem(int item)
    {
        ProductTile tile = KernelTable.Tile;
        int block = item / BandCuts;
        int row = block * BandRows;
        int rows = Math.Min(BandRows, _context.Rows - row);
        int width = tile.Columns;
        int panels = (rows + width - 1) / width;
        int inputs = Parameters.Width;
        int outputs = Parameters.OutputWidth;
        Span<float> space = Workspace.Take(BandRows * (inputs + outputs), slot: 1);
        Span<float> packedInputs = space[..(panels * width * inputs)];
        Span<float> packedGradients = space.Slice(BandRows * inputs, panels * width * outputs);
        Span<float> values = Workspace.Take(2 * tile.Rows * BandRows, slot: 2);
        Span<float> slopes = values[(tile.Rows * BandRows)..];
        Pack(tile, _centred, row, rows, packedInputs);
        int latent = item % BandCuts * BandLatents;
        int end = Math.Min(Parameters.Latents, latent + BandLatents);
        for (int level = -1; latent < end;)
        {
            if (level < 0 || _levels[level].Latents <= latent)
            {
                level = LevelOf(latent);
                Pack(tile, _outputGradient[level], row, rows, packedGradients);
            }

            int strip = Math.Min(tile.Rows, Math.Min(end, _levels[level].Latents) - latent);
            for (int p = 0; p < panels; p++)
            {
                int have = Math.Min(width, rows - (p * width));
                tile.ComputePanel(
                    strip, have, inputs, Parameters.EncoderWeights.RowRange(latent, strip), inputs,
                    packedInputs.Slice(p * width * inputs, width * inputs), values[(p * width)..], BandRows);
                tile.ComputePanel(
                    strip, have, outputs, Parameters.DecoderWeights.RowRange(latent, strip), outputs,
                    packedGradients.Slice(p * width * outputs, width * outputs), slopes[(p * width)..], BandRows);
            }

            for (int i = 0; i < strip; i++, latent++)
            {
                Span<float> pre = values.Slice(i * BandRows, rows);
                TensorPrimitives.Add(pre, Parameters.EncoderBias[latent], pre);
                _bandSums[(block * Parameters.Latents) + latent] = _method.DifferentiateBand(_context, latent, row, pre, slopes.Slice(i * BandRows, rows));
            }
        }
    }

    private static void Pack(ProductTile tile, Tensors.Matrix source, int first, int rows, Span<float> panels)
    {
        int width = tile.Columns;
        int depth = source.Columns;
        for (int p = 0; p * width < rows; p++)
        {
            int have = Math.Min(width, rows - (p * width));
            tile.Pack(depth, have, source.RowRange(first + (p * width), have), depth, panels.Slice(p * width * depth, width * depth));
        }
    }
}

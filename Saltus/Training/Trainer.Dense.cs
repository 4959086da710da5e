using Saltus.Kernels;

namespace Saltus.Training;

/// <content>
/// The path for large L0, early in a run whose thresholds start near zero: the same step with dense products in place of sums over
/// entries. Equal to the sparse path within rounding. Which one runs depends on the entries of the batch alone.
/// </content>
public sealed partial class Trainer
{
    /// <summary>Share of all entries from which on dense products are faster; measured by <c>saltus bench</c>'s crossover (Saltus.Benchmarks).</summary>
    private const double DenseShare = 0.2;

    private const int DenseDecodeRows = 48;

    private readonly PackedPanels _gradientByToken = new();
    private readonly PackedPanels _gradientByColumn = new();
    private readonly PackedPanels _centredByColumn = new();
    private readonly PackedPanels _directions = new();
    private readonly Action<int> _decodeBlock;
    private bool _isDense;

    /// <summary>Gets or sets which path runs: null decides by the entries, true and false force one (tests, benchmarks).</summary>
    internal bool? ForceDense { get; set; }

    private bool ChoosesDense() => ForceDense ?? _context.Candidates.Count > DenseShare * _context.Rows * Parameters.Latents;

    private void DecodeDense()
    {
        _directions.PackRows(_team, Parameters.DecoderWeights);
        _team.Run((_context.Rows + DenseDecodeRows - 1) / DenseDecodeRows, _decodeBlock);
    }

    private void DecodeBlock(int block)
    {
        int first = block * DenseDecodeRows;
        int rows = Math.Min(DenseDecodeRows, _context.Rows - first);
        int latents = Parameters.Latents;
        Span<float> dense = Workspace.Take(rows * latents, slot: 1);
        dense.Clear();
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<int> active = _context.Candidates.LatentsOf(first + row);
            ReadOnlySpan<float> activation = _context.Activation.AsSpan(_context.Candidates.RowStart[first + row], active.Length);
            for (int at = 0; at < active.Length; at++)
            {
                dense[(row * latents) + active[at]] = activation[at];
            }
        }

        _directions.Multiply(rows, dense, _outputGradient.RowRange(first, rows));
        for (int row = first; row < first + rows; row++)
        {
            Axpy.Add(1, OutputBias, _outputGradient.Row(row));
            TakeResidual(row);
        }
    }

    private void PackForGradients()
    {
        _gradientByToken.PackTransposed(_team, _outputGradient);
        _gradientByColumn.PackRows(_team, _outputGradient);
        _centredByColumn.PackRows(_team, _centred);
    }

    private void RunChunkDense(LatentChunk chunk, int first, int count, bool applies)
    {
        int rows = _context.Rows;
        int width = Parameters.Width;
        Span<float> slopes = Workspace.Take(count * rows, slot: 1);
        Span<float> activations = Workspace.Take(count * rows, slot: 2);
        Span<float> preGradients = Workspace.Take(count * rows, slot: 3);
        Span<float> encoderRows = Workspace.Take(count * width, slot: 4);
        Span<float> decoderRows = Workspace.Take(count * width, slot: 5);
        Span<LatentGradient> gradients = stackalloc LatentGradient[LatentChunk.Latents];
        activations.Clear();
        preGradients.Clear();
        _gradientByToken.Multiply(count, Parameters.DecoderWeights.RowRange(first, count), slopes);
        for (int i = 0; i < count; i++)
        {
            int entries = _index.CountOf(first + i);
            ReadOnlySpan<int> at = _index.RowsOf(first + i);
            LatentScratch scratch = LatentScratch.Take(entries, width);
            for (int e = 0; e < entries; e++)
            {
                scratch.Slope[e] = slopes[(i * rows) + at[e]];
            }

            gradients[i] = Differentiate(first + i, entries, scratch);
            for (int e = 0; e < entries; e++)
            {
                activations[(i * rows) + at[e]] = scratch.Activation[e];
                preGradients[(i * rows) + at[e]] = scratch.PreGradient[e];
            }
        }

        _gradientByColumn.Multiply(count, activations, decoderRows);
        _centredByColumn.Multiply(count, preGradients, encoderRows);
        for (int i = 0; i < count; i++)
        {
            Finish(gradients[i], encoderRows.Slice(i * width, width), decoderRows.Slice(i * width, width), chunk, applies);
        }
    }
}

using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Training;

/// <content>
/// The path for large L0, early in a run whose thresholds start near zero: the same step with dense products in place of sums over
/// entries. Equal to the sparse path within rounding. Which one runs depends on the entries of the batch alone.
/// </content>
public sealed partial class Trainer
{
    /// <summary>Share of all entries from which on dense products are faster: at d = 768, M = 16,384, B = 4,096 both take 7.2 products there (docs/engine.md).</summary>
    private const double DenseShare = 0.144;

    private const int DenseDecodeRows = 48;

    private readonly List<PackedPanels> _gradientByToken = [];
    private readonly List<PackedPanels> _gradientByColumn = [];
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

        Span<float> skipped = default;
        Span<float> outputs = _outputGradient[0].RowRange(first, rows);
        if (Parameters.SkipWeights is not null)
        {
            skipped = Workspace.Take(outputs.Length, slot: 2);
            outputs.CopyTo(skipped);
        }

        _directions.Multiply(rows, dense, outputs);
        if (Parameters.SkipWeights is not null)
        {
            Axpy.Add(1, skipped, outputs);
        }

        for (int row = first; row < first + rows; row++)
        {
            Axpy.Add(1, OutputBias, _outputGradient[0].Row(row));
            TakeResidual(row);
        }
    }

    /// <summary>Packs the gradient of each level, and of the second code behind them.</summary>
    private void PackForGradients()
    {
        int codes = _outputGradient.Length + (_method.SecondCode == SecondCode.None ? 0 : 1);
        while (_gradientByToken.Count < codes)
        {
            _gradientByToken.Add(new PackedPanels());
            _gradientByColumn.Add(new PackedPanels());
        }

        for (int code = 0; code < codes; code++)
        {
            Matrix gradient = code < _outputGradient.Length ? _outputGradient[code] : _secondGradient;
            _gradientByToken[code].PackTransposed(_team, gradient);
            _gradientByColumn[code].PackRows(_team, gradient);
        }

        _centredByColumn.PackRows(_team, _centred);
    }

    private void RunChunkDense(LatentChunk chunk, int first, int count, bool applies)
    {
        int level = 0;
        for (int latent = first; latent < first + count;)
        {
            while (_levels[level].Latents <= latent)
            {
                level++;
            }

            int have = Math.Min(first + count, _levels[level].Latents) - latent;
            RunLevelDense(chunk, level, latent, have, applies);
            latent += have;
        }
    }

    private void RunLevelDense(LatentChunk chunk, int level, int first, int count, bool applies)
    {
        int rows = _context.Rows;
        int width = Parameters.Width;
        int outputs = Parameters.OutputWidth;
        bool hasSecond = _method.SecondCode != SecondCode.None;
        Span<float> slopes = Workspace.Take((hasSecond ? 2 : 1) * count * rows, slot: 1);
        Span<float> secondSlopes = hasSecond ? slopes[(count * rows)..] : default;
        Span<float> activations = Workspace.Take((hasSecond ? 2 : 1) * count * rows, slot: 2);
        Span<float> seconds = hasSecond ? activations[(count * rows)..] : default;
        Span<float> preGradients = Workspace.Take(count * rows, slot: 3);
        Span<float> encoderRows = Workspace.Take(count * width, slot: 4);
        Span<float> decoderRows = Workspace.Take(2 * count * outputs, slot: 5);
        Span<LatentGradient> gradients = stackalloc LatentGradient[LatentChunk.Latents];
        activations.Clear();
        preGradients.Clear();
        ReadOnlySpan<float> directions = Parameters.DecoderWeights.RowRange(first, count);
        _gradientByToken[level].Multiply(count, directions, slopes);
        if (hasSecond)
        {
            _gradientByToken[_levels.Length].Multiply(count, directions, secondSlopes);
        }

        for (int i = 0; i < count; i++)
        {
            int entries = _index.CountOf(first + i);
            ReadOnlySpan<int> at = _index.RowsOf(first + i);
            LatentScratch scratch = LatentScratch.Take(_index.Most, width, outputs);
            for (int e = 0; e < entries; e++)
            {
                scratch.Slope[e] = slopes[(i * rows) + at[e]];
                scratch.SecondSlope[e] = hasSecond ? secondSlopes[(i * rows) + at[e]] : 0;
            }

            gradients[i] = Differentiate(first + i, entries, scratch);
            ReadOnlySpan<int> positions = _index.PositionsOf(first + i);
            for (int e = 0; e < entries; e++)
            {
                activations[(i * rows) + at[e]] = scratch.Activation[e];
                preGradients[(i * rows) + at[e]] = scratch.PreGradient[e];
                if (hasSecond)
                {
                    seconds[(i * rows) + at[e]] = _context.Second[positions[e]];
                }
            }
        }

        _gradientByColumn[level].Multiply(count, activations, decoderRows);
        if (_method.SecondCode == SecondCode.TrainedDecoder)
        {
            Span<float> more = decoderRows[(count * outputs)..];
            _gradientByColumn[_levels.Length].Multiply(count, seconds, more);
            Axpy.Add(1, more, decoderRows[..(count * outputs)]);
        }

        _centredByColumn.Multiply(count, preGradients, encoderRows);
        for (int i = 0; i < count; i++)
        {
            Finish(gradients[i], encoderRows.Slice(i * width, width), decoderRows.Slice(i * outputs, outputs), chunk, applies);
        }
    }

    private void DisposePanels()
    {
        _directions.Dispose();
        _centredByColumn.Dispose();
        foreach (PackedPanels panels in _gradientByToken.Concat(_gradientByColumn))
        {
            panels.Dispose();
        }
    }
}

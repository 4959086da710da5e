using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Training;

/// <content>
/// The gradients with respect to the dead latents' rows, a group of latents at a time: a block of vectors and the group's sums stay in the second-level
/// cache while all of the group go by. Latent by latent, each entry's two rows came from the last-level cache: three times the time.
/// </content>
internal sealed partial class AuxiliaryLoss
{
    /// <summary>Latents of a group.</summary>
    public const int GroupLatents = 64;

    /// <summary>Vectors of a block.</summary>
    private const int BlockRows = 64;

    /// <summary>Rows of gradients that a first-level cache of 32 KiB holds at d = 768.</summary>
    private const int RowsInCache = 8;

    private readonly List<int> _touched = [];

    /// <summary>Gets the number of groups in this step's loss.</summary>
    public int Groups => _isOn ? (_touched.Count + GroupLatents - 1) / GroupLatents : 0;

    /// <summary>Gets the latents of a group, ascending: those with entries.</summary>
    /// <param name="group">Index of the group.</param>
    /// <returns>A view.</returns>
    public ReadOnlySpan<int> LatentsOf(int group) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_touched)[(group * GroupLatents)..Math.Min(_touched.Count, (group + 1) * GroupLatents)];

    /// <summary>Adds the loss's gradients with respect to the rows of some latents.</summary>
    /// <param name="latents">At most <see cref="GroupLatents"/>.</param>
    /// <param name="centred">The encoder's input, [B, d].</param>
    /// <param name="encoderRows">[latents, d]; added to.</param>
    /// <param name="decoderRows">[latents, d_out]; added to.</param>
    /// <param name="bias">With respect to each encoder bias, [latents]; added to.</param>
    /// <param name="norm">With respect to the norm of each decoder row, [latents]; added to.</param>
    public void AddGradients(ReadOnlySpan<int> latents, Matrix centred, Span<float> encoderRows, Span<float> decoderRows, Span<double> bias, Span<double> norm)
    {
        int width = centred.Columns;
        int outputs = parameters.OutputWidth;
        Span<int> next = stackalloc int[GroupLatents];
        next.Clear();
        for (int block = BlockRows; block < centred.Rows + BlockRows; block += BlockRows)
        {
            for (int i = 0; i < latents.Length; i++)
            {
                ReadOnlySpan<int> rows = _index.RowsOf(latents[i]);
                int start = next[i];
                int end = start;
                while (end < rows.Length && rows[end] < block)
                {
                    end++;
                }

                next[i] = end;
                (double moreBias, double moreNorm) = AddEntries(
                    latents[i], start, end, centred, encoderRows.Slice(i * width, width), decoderRows.Slice(i * outputs, outputs));
                bias[i] += moreBias;
                norm[i] += moreNorm;
            }
        }
    }

    /// <summary>Adds what some of a latent's entries say: the slopes bring a few rows into the first-level cache, from where the sums take them.</summary>
    private (double Bias, double Norm) AddEntries(int latent, int first, int end, Matrix centred, Span<float> encoderRow, Span<float> decoderRow)
    {
        ReadOnlySpan<int> rows = _index.RowsOf(latent);
        ReadOnlySpan<int> positions = _index.PositionsOf(latent);
        ReadOnlySpan<float> direction = parameters.DecoderWeights.Row(latent);
        ReadOnlySpan<float> values = _selection.Entries.Value;
        Span<float> value = stackalloc float[RowsInCache];
        Span<float> slope = stackalloc float[RowsInCache];
        double bias = 0;
        double norm = 0;
        for (int start = first; start < end; start += RowsInCache)
        {
            ReadOnlySpan<int> some = rows[start..Math.Min(end, start + RowsInCache)];
            for (int i = 0; i < some.Length; i++)
            {
                value[i] = values[positions[start + i]];
                slope[i] = Reductions.Dot(direction, _gradient.Row(some[i]));
                bias += options.TrainsEncoder ? slope[i] : 0;
                if (!options.TrainsEncoder && !_input.RankFactors.IsEmpty)
                {
                    // The ranked value π·‖d‖ is held fast, so that a longer row decodes to less.
                    norm -= (double)slope[i] * value[i] / _input.RankFactors.Span[latent];
                }
            }

            SparseDecode.Add(some, value[..some.Length], _gradient, decoderRow);
            if (options.TrainsEncoder)
            {
                SparseDecode.Add(some, slope[..some.Length], centred, encoderRow);
            }
        }

        return (bias, norm);
    }
}

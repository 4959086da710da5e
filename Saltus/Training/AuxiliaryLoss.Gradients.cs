using System.Runtime.InteropServices;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Training;

/// <content>
/// The gradients with respect to the dead latents' rows, a group of latents at a time. Some columns of a block of vectors and of the group's rows stay
/// in the second-level cache while all of the group go by; decoder and encoder in turn. Latent by latent, each entry's two rows came from the last-level cache.
/// </content>
internal sealed partial class AuxiliaryLoss
{
    /// <summary>Most latents of a group.</summary>
    public const int MostGroupLatents = 128;

    /// <summary>Groups that the latents are cut into, before these grow beyond the cache: so many threads find work.</summary>
    private const int LeastGroups = 32;

    /// <summary>Fewest latents of a group.</summary>
    private const int LeastGroupLatents = 16;

    /// <summary>Vectors of a block.</summary>
    private const int BlockRows = 128;

    /// <summary>Columns of a slice: of <see cref="BlockRows"/> vectors and of twice as many latents 384 KiB.</summary>
    private const int SliceColumns = 256;

    /// <summary>Slices of rows that a first-level cache of 32 KiB holds beside the sums.</summary>
    private const int RowsInCache = 16;

    private readonly List<int> _touched = [];

    /// <summary>∂A/∂π of each entry, in the order of the index.</summary>
    private float[] _slopes = [];

    /// <summary>Gets the number of groups in this step's loss.</summary>
    public int Groups => _isOn ? GroupsOf(_touched.Count) : 0;

    private int GroupLatents => GroupSize(_touched.Count);

    /// <summary>Gets the latents of a group, ascending: those with entries.</summary>
    /// <param name="group">Index of the group.</param>
    /// <returns>A view.</returns>
    public ReadOnlySpan<int> LatentsOf(int group) =>
        CollectionsMarshal.AsSpan(_touched)[(group * GroupLatents)..Math.Min(_touched.Count, (group + 1) * GroupLatents)];

    /// <summary>Gets into how many groups latents are cut.</summary>
    /// <param name="latents">Those with entries.</param>
    /// <returns>0 for none.</returns>
    public static int GroupsOf(int latents) => (latents + GroupSize(latents) - 1) / GroupSize(latents);

    /// <summary>Gets how many latents a group has: a matter of their number alone, since sums are added group by group.</summary>
    /// <param name="latents">Those with entries.</param>
    /// <returns>16 … 128.</returns>
    public static int GroupSize(int latents) => Math.Clamp(latents / LeastGroups, LeastGroupLatents, MostGroupLatents);

    /// <summary>Adds the loss's gradients with respect to the rows of some latents.</summary>
    /// <param name="latents">At most <see cref="MostGroupLatents"/>.</param>
    /// <param name="centred">The encoder's input, [B, d].</param>
    /// <param name="encoderRows">[latents, d]; added to.</param>
    /// <param name="decoderRows">[latents, d_out]; added to.</param>
    /// <param name="bias">With respect to each encoder bias, [latents]; added to.</param>
    /// <param name="norm">With respect to the norm of each decoder row, [latents]; added to.</param>
    public void AddGradients(ReadOnlySpan<int> latents, Matrix centred, Span<float> encoderRows, Span<float> decoderRows, Span<double> bias, Span<double> norm)
    {
        ReadOnlySpan<float> values = _selection.Entries.Value;
        foreach (int latent in latents)
        {
            _slopes.AsSpan(_index.StartOf(latent), _index.CountOf(latent)).Clear();
        }

        AddRows(latents, _gradient, decoderRows, values, takesSlopes: true);
        for (int i = 0; i < latents.Length; i++)
        {
            ReadOnlySpan<int> positions = _index.PositionsOf(latents[i]);
            ReadOnlySpan<float> slopes = _slopes.AsSpan(_index.StartOf(latents[i]), positions.Length);
            for (int at = 0; at < slopes.Length; at++)
            {
                bias[i] += options.TrainsEncoder ? slopes[at] : 0;
                if (!options.TrainsEncoder && !_input.RankFactors.IsEmpty)
                {
                    // The ranked value π·‖d‖ is held fast, so that a longer row decodes to less.
                    norm[i] -= (double)slopes[at] * values[positions[at]] / _input.RankFactors.Span[latents[i]];
                }
            }
        }

        if (options.TrainsEncoder)
        {
            AddRows(latents, centred, encoderRows, values, takesSlopes: false);
        }
    }

    /// <summary>
    /// Sums rows of a matrix over each latent's entries, by slices of columns and blocks of rows: with the activations as factors, taking the slopes on
    /// the way, or with the slopes as factors.
    /// </summary>
    private void AddRows(ReadOnlySpan<int> latents, Matrix matrix, Span<float> sums, ReadOnlySpan<float> values, bool takesSlopes)
    {
        Span<int> next = stackalloc int[MostGroupLatents];
        for (int column = 0; column < matrix.Columns; column += SliceColumns)
        {
            int columns = Math.Min(SliceColumns, matrix.Columns - column);
            next.Clear();
            for (int block = BlockRows; block < matrix.Rows + BlockRows; block += BlockRows)
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
                    Span<float> sum = sums.Slice((i * matrix.Columns) + column, columns);
                    Span<float> slopes = _slopes.AsSpan(_index.StartOf(latents[i]) + start, end - start);
                    if (takesSlopes)
                    {
                        ReadOnlySpan<float> direction = parameters.DecoderWeights.Row(latents[i]).Slice(column, columns);
                        AddEntries(rows[start..end], _index.PositionsOf(latents[i])[start..end], values, direction, slopes, column, sum);
                    }
                    else
                    {
                        SparseDecode.AddSlice(rows[start..end], slopes, matrix, column, sum);
                    }
                }
            }
        }
    }

    /// <summary>Adds what some of a latent's entries say: the slopes bring a few rows into the first-level cache, from where the sum takes them.</summary>
    private void AddEntries(
        ReadOnlySpan<int> rows, ReadOnlySpan<int> positions, ReadOnlySpan<float> values, ReadOnlySpan<float> direction, Span<float> slopes, int column, Span<float> sum)
    {
        Span<float> factors = stackalloc float[RowsInCache];
        for (int start = 0; start < rows.Length; start += RowsInCache)
        {
            ReadOnlySpan<int> some = rows[start..Math.Min(rows.Length, start + RowsInCache)];
            for (int i = 0; i < some.Length; i++)
            {
                factors[i] = values[positions[start + i]];
            }

            int at = 0;
            for (; at + 2 <= some.Length; at += 2)
            {
                (float first, float second) = Reductions.DotPair(
                    direction, _gradient.Row(some[at]).Slice(column, direction.Length), _gradient.Row(some[at + 1]).Slice(column, direction.Length));
                slopes[start + at] += first;
                slopes[start + at + 1] += second;
            }

            if (at < some.Length)
            {
                slopes[start + at] += Reductions.Dot(direction, _gradient.Row(some[at]).Slice(column, direction.Length));
            }

            SparseDecode.AddSlice(some, factors[..some.Length], _gradient, column, sum);
        }
    }
}

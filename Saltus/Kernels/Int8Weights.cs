using Saltus.Tensors;

namespace Saltus.Kernels;

/// <summary>
/// The encoder's weights W [M, d] in 8 bits, one scale a latent, with the bounds that the screen needs. M·d bytes and a few floats a
/// latent. A few columns may stand apart in float32: they are zero in the integers.
/// Called by <see cref="ScreenedEncode"/> at the start of each encoding: one pass over W, 5.6 ms at d = 768 and M = 16,384 on Zen 4.
/// </summary>
internal sealed class Int8Weights : IDisposable
{
    /// <summary>Latents of an item of work; a multiple of a tile's rows.</summary>
    private const int Chunk = 16 * Int8Tile.Latents;

    private readonly Action<int> _quantizeChunk;
    private AlignedBuffer<int> _words = new(0);
    private AlignedBuffer<int> _offsets = new(0);
    private AlignedBuffer<float> _apart = new(0);
    private Int8Latent[] _latents = [];
    private int[] _columns = [];
    private Matrix? _source;
    private ReadOnlyMemory<float> _bias;
    private ReadOnlyMemory<float> _floors;

    public Int8Weights() => _quantizeChunk = QuantizeChunk;

    /// <summary>Gets the number of groups of k a latent.</summary>
    public int Groups { get; private set; }

    /// <summary>Gets scale, bounds and cut of each latent, [M rounded up to tiles].</summary>
    public ReadOnlySpan<Int8Latent> Latents => _latents;

    /// <summary>Gets the number of columns apart.</summary>
    public int ApartCount => _columns.Length;

    /// <summary>Gets the integers of a tile's latents; zero beyond M.</summary>
    /// <param name="latent">First latent, a multiple of <see cref="Int8Tile.Latents"/>.</param>
    /// <returns>[6, words].</returns>
    public ReadOnlySpan<int> Words(int latent) =>
        _words.Slice((long)latent * Groups * Int8Layout.Words, Int8Tile.Latents * Groups * Int8Layout.Words);

    /// <summary>Gets the offsets of a tile's latents (<see cref="Int8Quantizer.Offsets"/>).</summary>
    /// <param name="latent">First latent.</param>
    /// <returns>[6, groups].</returns>
    public ReadOnlySpan<int> Offsets(int latent) => _offsets.Slice((long)latent * Groups, Int8Tile.Latents * Groups);

    /// <summary>Gets the weights of a latent in the columns apart.</summary>
    /// <param name="latent">Index of the latent.</param>
    /// <returns>[columns apart].</returns>
    public ReadOnlySpan<float> Apart(int latent) => _apart.Slice((long)latent * _columns.Length, _columns.Length);

    /// <summary>Quantizes all latents.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="weights">W, [M, d].</param>
    /// <param name="bias">b, [M].</param>
    /// <param name="floors">The floor of each latent, [M].</param>
    /// <param name="columns">Indices of the columns apart; kept until the next call.</param>
    public void Quantize(WorkTeam team, Matrix weights, ReadOnlyMemory<float> bias, ReadOnlyMemory<float> floors, int[] columns)
    {
        int chunks = (weights.Rows + Chunk - 1) / Chunk;
        int padded = chunks * Chunk;
        Groups = Int8Layout.Groups(weights.Columns);
        _columns = columns;
        if (_words.Length < (long)padded * Groups * Int8Layout.Words || _latents.Length < padded)
        {
            _words.Dispose();
            _offsets.Dispose();
            _words = new AlignedBuffer<int>((long)padded * Groups * Int8Layout.Words);
            _offsets = new AlignedBuffer<int>((long)padded * Groups);
            _latents = new Int8Latent[padded];
        }

        if (_apart.Length < (long)padded * columns.Length)
        {
            _apart.Dispose();
            _apart = new AlignedBuffer<float>((long)padded * columns.Length);
        }

        (_source, _bias, _floors) = (weights, bias, floors);
        team.Run(chunks, _quantizeChunk);
        _source = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _words.Dispose();
        _offsets.Dispose();
        _apart.Dispose();
    }

    private void QuantizeChunk(int chunk)
    {
        Matrix source = _source!;
        int words = Groups * Int8Layout.Words;
        Span<float> copy = Workspace.Take(Groups * Int8Layout.Group);
        copy[source.Columns..].Clear();
        for (int latent = chunk * Chunk; latent < (chunk + 1) * Chunk; latent++)
        {
            Span<int> q = _words.Slice((long)latent * words, words);
            Span<int> offsets = _offsets.Slice((long)latent * Groups, Groups);
            Span<float> apart = _apart.Slice((long)latent * _columns.Length, _columns.Length);
            if (latent >= source.Rows)
            {
                q.Clear();
                offsets.Clear();
                apart.Clear();
                _latents[latent] = new Int8Latent(0, 0, 0, 0, float.PositiveInfinity);
                continue;
            }

            source.Row(latent).CopyTo(copy);
            float outside = TakeApart(copy, _columns, apart);
            Int8Row row = Int8Quantizer.Quantize(copy, Int8Layout.WeightBudget, boundsPairs: true, q);
            float norm = MathF.Max(row.Norm, row.QuantizedNorm);
            float full = Int8Quantizer.Up((double)norm + outside);
            if (!(full < Int8Quantizer.Huge))
            {
                q.Clear();
                row = Int8Row.Unbounded;
                norm = full = float.PositiveInfinity;
            }

            Int8Quantizer.Offsets(q, offsets);
            _latents[latent] = new Int8Latent(row.Scale, norm, row.Residual, full, ScreenBound.Cut(_floors.Span[latent], _bias.Span[latent]));
        }
    }

    /// <summary>Moves the values of some columns out of a vector, which has zeros there afterwards.</summary>
    /// <param name="vector">The vector.</param>
    /// <param name="columns">Their indices.</param>
    /// <param name="apart">[columns]; overwritten.</param>
    /// <returns>Σ |value|, at least their norm.</returns>
    internal static float TakeApart(Span<float> vector, ReadOnlySpan<int> columns, Span<float> apart)
    {
        double sum = 0;
        for (int i = 0; i < columns.Length; i++)
        {
            apart[i] = vector[columns[i]];
            vector[columns[i]] = 0;
            sum += Math.Abs(apart[i]);
        }

        return columns.Length == 0 ? 0 : Int8Quantizer.Up(sum);
    }
}

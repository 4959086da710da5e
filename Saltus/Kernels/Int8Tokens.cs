using Saltus.Tensors;

namespace Saltus.Kernels;

/// <summary>
/// A block of input vectors x [tokens, d] in 8 bits, packed for <see cref="Int8Tile"/>: panels [words, 16 tokens] of q + 128, with the
/// scale and the bounds of every token that <see cref="ScreenBound"/> needs. Memory grows and stays.
/// </summary>
internal sealed class Int8Tokens : IDisposable
{
    private AlignedBuffer<int> _panels = new(0);
    private AlignedBuffer<float> _apart = new(0);
    private float[] _bounds = [];
    private int _words;
    private int _columns;

    /// <summary>Gets the integers of 16 tokens, [words, 16].</summary>
    /// <param name="panel">Index of the panel.</param>
    /// <returns>The panel.</returns>
    public ReadOnlySpan<int> Panel(int panel) => _panels.Slice((long)panel * _words * Int8Tile.Tokens, _words * Int8Tile.Tokens);

    /// <summary>Gets the values of 16 tokens in the columns apart, [columns, 16].</summary>
    /// <param name="panel">Index of the panel.</param>
    /// <returns>The values.</returns>
    public ReadOnlySpan<float> Apart(int panel) => _apart.Slice((long)panel * _columns * Int8Tile.Tokens, _columns * Int8Tile.Tokens);

    /// <summary>
    /// Gets what the bound needs of 16 tokens: the value of one unit, the norm of the integers, the norm of what they leave out, and what rounding in
    /// float32 may add over the full norm of a latent. Norms are upper bounds.
    /// </summary>
    /// <param name="panel">Index of the panel.</param>
    /// <returns>[4, 16].</returns>
    public ReadOnlySpan<float> Bounds(int panel) => _bounds.AsSpan(panel * 4 * Int8Tile.Tokens, 4 * Int8Tile.Tokens);

    /// <summary>Quantizes and packs consecutive vectors.</summary>
    /// <param name="x">[B, d].</param>
    /// <param name="first">First row.</param>
    /// <param name="tokens">Number of rows.</param>
    /// <param name="columns">Indices of the columns that stay in float32.</param>
    public void Pack(Matrix x, int first, int tokens, ReadOnlySpan<int> columns)
    {
        const int Width = Int8Tile.Tokens;
        int groups = Int8Layout.Groups(x.Columns);
        int panels = (tokens + Width - 1) / Width;
        Reserve(panels, groups * Int8Layout.Words, columns.Length);
        Span<float> space = Workspace.Take((groups * Int8Layout.Group) + _words + columns.Length);
        Span<float> copy = space[..(groups * Int8Layout.Group)];
        Span<int> words = System.Runtime.InteropServices.MemoryMarshal.Cast<float, int>(space.Slice(copy.Length, _words));
        Span<float> apart = space[(copy.Length + _words)..];
        for (int token = 0; token < panels * Width; token++)
        {
            Span<int> panel = _panels.Slice((long)(token / Width) * _words * Width, _words * Width)[(token % Width)..];
            if (token >= tokens)
            {
                SetBounds(token, default, 0);
                continue;
            }

            x.Row(first + token).CopyTo(copy);
            copy[x.Columns..].Clear();
            float outside = Int8Weights.TakeApart(copy, columns, apart);
            Int8Row row = Int8Quantizer.Quantize(copy, Int8Layout.TokenBudget, boundsPairs: false, words);
            double full = (double)MathF.Max(row.Norm, row.QuantizedNorm) + outside;
            if (!(full < Int8Quantizer.Huge))
            {
                words.Clear();
                row = Int8Row.Unbounded;
                full = double.PositiveInfinity;
            }

            SetBounds(token, row, Int8Quantizer.Up(full * ScreenBound.RoundingFactor(x.Columns)));
            for (int word = 0; word < words.Length; word++)
            {
                // Flipping the highest bit of a signed byte adds 128 to it.
                panel[word * Width] = words[word] ^ unchecked((int)0x80808080);
            }

            Span<float> apartPanel = _apart.Slice((long)(token / Width) * _columns * Width, _columns * Width);
            for (int i = 0; i < apart.Length; i++)
            {
                apartPanel[(i * Width) + (token % Width)] = apart[i];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _panels.Dispose();
        _apart.Dispose();
    }

    private void SetBounds(int token, Int8Row row, float rounding)
    {
        Span<float> bounds = _bounds.AsSpan((token / Int8Tile.Tokens * 4 * Int8Tile.Tokens) + (token % Int8Tile.Tokens));
        bounds[0] = row.Scale;
        bounds[Int8Tile.Tokens] = row.QuantizedNorm;
        bounds[2 * Int8Tile.Tokens] = row.Residual;
        bounds[3 * Int8Tile.Tokens] = rounding;
    }

    private void Reserve(int panels, int words, int columns)
    {
        (_words, _columns) = (words, columns);
        if (_panels.Length < (long)panels * words * Int8Tile.Tokens)
        {
            _panels.Dispose();
            _panels = new AlignedBuffer<int>((long)panels * words * Int8Tile.Tokens);
        }

        if (_apart.Length < (long)panels * columns * Int8Tile.Tokens)
        {
            _apart.Dispose();
            _apart = new AlignedBuffer<float>((long)panels * columns * Int8Tile.Tokens);
        }

        if (_bounds.Length < panels * 4 * Int8Tile.Tokens)
        {
            _bounds = new float[panels * 4 * Int8Tile.Tokens];
        }
    }
}

using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>The matrices of a run, one row a token, kept between runs and grown when a batch is larger than any before.</summary>
internal sealed class ActivationBuffers : IDisposable
{
    private readonly int[] _widths;
    private readonly Matrix[] _owned;
    private readonly Matrix[] _views;

    public ActivationBuffers(ModelConfiguration configuration)
    {
        int d = configuration.Width;
        int hidden = configuration.MlpWidth;
        int heads = configuration.Heads * configuration.HeadWidth;
        int keys = configuration.KeyValueHeads * configuration.HeadWidth;
        _widths = [d, d, d, heads + (2 * keys), heads, configuration.Gated ? 2 * hidden : hidden, hidden];
        _owned = [.. _widths.Select(width => new Matrix(0, width))];
        _views = [.. _owned];
    }

    /// <summary>The residual stream, [T, d].</summary>
    public Matrix Residual => _views[0];

    /// <summary>What a norm made for attention, MLP or the head, [T, d].</summary>
    public Matrix Normed => _views[1];

    /// <summary>What attention or MLP adds to the residual, [T, d].</summary>
    public Matrix Branch => _views[2];

    /// <summary>Queries, keys and values, [T, (h + 2g)·hd].</summary>
    public Matrix QueryKeyValue => _views[3];

    /// <summary>Heads side by side, [T, h·hd].</summary>
    public Matrix Heads => _views[4];

    /// <summary>The MLP's first product, [T, m], or gate beside up [T, 2m].</summary>
    public Matrix MlpProduct => _views[5];

    /// <summary>The MLP's hidden units, [T, m].</summary>
    public Matrix MlpHidden => _views[6];

    /// <summary>Makes all matrices <paramref name="rows"/> high; their values are undefined.</summary>
    /// <param name="rows">Tokens of the batch.</param>
    public void Prepare(int rows)
    {
        for (int i = 0; i < _owned.Length; i++)
        {
            if (_owned[i].Rows < rows)
            {
                _owned[i].Dispose();
                _owned[i] = new Matrix(rows, _widths[i]);
                _views[i] = _owned[i];
            }

            if (_views[i].Rows != rows)
            {
                _views[i] = _owned[i].FirstRows(rows);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Matrix matrix in _owned)
        {
            matrix.Dispose();
        }
    }
}

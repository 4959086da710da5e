using Saltus.Training;

namespace Saltus.Lm.Activations;

/// <summary>Activations computed from text as they are asked for: the vectors of the positions that count, window after window; of a pair of sites one behind the other.</summary>
public sealed partial class LiveActivationSource : IActivationSource
{
    private readonly WindowActivations _activations;
    private readonly IWindowModel _model;
    private int _next;

    internal LiveActivationSource(
        IWindowModel model, TokenWindows windows, HarvestOptions? options = null, IProgress<HarvestProgress>? progress = null, CancellationToken cancellation = default)
    {
        _model = model;
        _activations = new WindowActivations(model, windows, options ?? new HarvestOptions(), progress, cancellation);
    }

    /// <inheritdoc/>
    public int Width => _model.Widths.Sum();

    /// <inheritdoc/>
    public long? Length => _activations.Total;

    /// <inheritdoc/>
    /// <exception cref="InputException">The text cannot be read, or a token is not the model's.</exception>
    /// <exception cref="OperationCanceledException">The token that the source was made with was cancelled.</exception>
    public void Read(ActivationBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        int filled = 0;
        while (filled < batch.Capacity && (_next < _activations.Count || NextGroup()))
        {
            int count = Math.Min(batch.Capacity - filled, _activations.Count - _next);
            CopyVectors(count, batch, filled);
            _activations.Documents.AsSpan(_next, count).CopyTo(batch.Documents.AsSpan(filled));
            _activations.Positions.AsSpan(_next, count).CopyTo(batch.Positions.AsSpan(filled));
            _activations.Tokens.AsSpan(_next, count).CopyTo(batch.Tokens.AsSpan(filled));
            _next += count;
            filled += count;
        }

        batch.Count = filled;
    }

    /// <summary>Passes over vectors by tokenizing alone; the model does not run.</summary>
    /// <param name="count">How many vectors.</param>
    /// <returns>How many were passed over.</returns>
    public long Skip(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int held = (int)Math.Min(count, _activations.Count - _next);
        _next += held;
        if (held == count)
        {
            return held;
        }

        _next = 0;
        return held + _activations.Skip(count - held);
    }

    /// <summary>Frees the memory; the model stays.</summary>
    public void Dispose() => _activations.Dispose();

    private void CopyVectors(int count, ActivationBatch batch, int filled)
    {
        int column = 0;
        for (int site = 0; site < _model.Widths.Count; site++)
        {
            int width = _model.Widths[site];
            for (int row = 0; row < count; row++)
            {
                _activations.Vectors(site).Row(_next + row).CopyTo(batch.Vectors.Row(filled + row).Slice(column, width));
            }

            column += width;
        }
    }

    private bool NextGroup()
    {
        _next = 0;
        return _activations.Next();
    }
}

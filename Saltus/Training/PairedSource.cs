namespace Saltus.Training;

/// <summary>Vectors with their targets behind them, from two sources in the same order: what a transcoder is trained on.</summary>
/// <param name="vectors">Read first; their origin counts. Disposed with this one.</param>
/// <param name="targets">As many vectors in the same order. Disposed with this one.</param>
public sealed class PairedSource(IActivationSource vectors, IActivationSource targets) : IActivationSource
{
    private ActivationBatch? _vectors;
    private ActivationBatch? _targets;

    /// <inheritdoc/>
    public int Width => vectors.Width + targets.Width;

    /// <inheritdoc/>
    public long? Length => vectors.Length;

    /// <inheritdoc/>
    /// <exception cref="InputException">One source ends before the other, or a vector and its target are of different tokens.</exception>
    public void Read(ActivationBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (_vectors is null || _vectors.Capacity != batch.Capacity)
        {
            _vectors?.Dispose();
            _targets?.Dispose();
            _vectors = new ActivationBatch(batch.Capacity, vectors.Width);
            _targets = new ActivationBatch(batch.Capacity, targets.Width);
        }

        vectors.Read(_vectors);
        targets.Read(_targets!);
        if (_vectors.Count != _targets!.Count)
        {
            throw new InputException($"targets: expected as many as vectors, got {_targets.Count} where there are {_vectors.Count}; give two files of the same vectors in the same order");
        }

        for (int row = 0; row < _vectors.Count; row++)
        {
            CheckOrigin(row);
            Span<float> pair = batch.Vectors.Row(row);
            _vectors.Vectors.Row(row).CopyTo(pair);
            _targets.Vectors.Row(row).CopyTo(pair[vectors.Width..]);
            (batch.Documents[row], batch.Positions[row], batch.Tokens[row]) = (_vectors.Documents[row], _vectors.Positions[row], _vectors.Tokens[row]);
        }

        batch.Count = _vectors.Count;
    }

    /// <summary>Stores that are cut into shards differently come in different orders once they are mixed.</summary>
    private void CheckOrigin(int row)
    {
        (int document, int position) = (_vectors!.Documents[row], _vectors.Positions[row]);
        (int ofTarget, int positionOfTarget) = (_targets!.Documents[row], _targets.Positions[row]);
        if (document >= 0 && ofTarget >= 0 && (document, position) != (ofTarget, positionOfTarget))
        {
            throw new InputException(
                $"targets: expected the token of the vector (document {document}, position {position}), got document {ofTarget}, position {positionOfTarget}; "
                + "harvest both sites of the same text with the same --shard");
        }
    }

    /// <inheritdoc/>
    public long Skip(long count) => Math.Min(vectors.Skip(count), targets.Skip(count));

    /// <inheritdoc/>
    public void Dispose()
    {
        _vectors?.Dispose();
        _targets?.Dispose();
        vectors.Dispose();
        targets.Dispose();
    }
}

namespace Saltus.Training;

/// <summary>Gives again the vectors that were read ahead to estimate the scale, then goes on with the source.</summary>
/// <param name="source">Disposed with this one.</param>
internal sealed class ReplaySource(IActivationSource source) : IActivationSource
{
    private readonly Queue<ActivationBatch> _ahead = new();
    private int _used;

    public int Width => source.Width;

    public long? Length => source.Length;

    /// <summary>Reads ahead.</summary>
    /// <param name="vectors">About how many.</param>
    /// <returns>The batches; owned by this source.</returns>
    public IReadOnlyCollection<ActivationBatch> ReadAhead(int vectors)
    {
        const int BatchRows = 2048;
        int have = 0;
        while (have < vectors)
        {
            ActivationBatch batch = new(Math.Min(BatchRows, vectors - have), source.Width);
            source.Read(batch);
            if (batch.Count == 0)
            {
                batch.Dispose();
                break;
            }

            have += batch.Count;
            _ahead.Enqueue(batch);
        }

        return _ahead;
    }

    public void Read(ActivationBatch batch)
    {
        if (_ahead.Count == 0)
        {
            source.Read(batch);
            return;
        }

        int count = 0;
        while (count < batch.Capacity && _ahead.TryPeek(out ActivationBatch? next))
        {
            int take = Math.Min(batch.Capacity - count, next.Count - _used);
            next.Vectors.RowRange(_used, take).CopyTo(batch.Vectors.RowRange(count, take));
            next.Documents.AsSpan(_used, take).CopyTo(batch.Documents.AsSpan(count));
            next.Positions.AsSpan(_used, take).CopyTo(batch.Positions.AsSpan(count));
            next.Tokens.AsSpan(_used, take).CopyTo(batch.Tokens.AsSpan(count));
            count += take;
            _used += take;
            if (_used == next.Count)
            {
                _ahead.Dequeue().Dispose();
                _used = 0;
            }
        }

        batch.Count = count;
    }

    public void Dispose()
    {
        while (_ahead.TryDequeue(out ActivationBatch? batch))
        {
            batch.Dispose();
        }

        source.Dispose();
    }
}

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
        int have = _ahead.Sum(batch => batch.Count);
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

        batch.Count = 0;
        while (batch.Count < batch.Capacity && _ahead.TryPeek(out ActivationBatch? next))
        {
            int take = Math.Min(batch.Capacity - batch.Count, next.Count - _used);
            Append(next, _used, take, batch);
            _used += take;
            if (_used == next.Count)
            {
                _ahead.Dequeue().Dispose();
                _used = 0;
            }
        }

        if (batch.Count < batch.Capacity)
        {
            // A batch is always full while vectors last.
            using ActivationBatch rest = new(batch.Capacity - batch.Count, source.Width);
            source.Read(rest);
            Append(rest, 0, rest.Count, batch);
        }
    }

    public void Dispose()
    {
        while (_ahead.TryDequeue(out ActivationBatch? batch))
        {
            batch.Dispose();
        }

        source.Dispose();
    }

    private static void Append(ActivationBatch from, int first, int count, ActivationBatch to)
    {
        from.Vectors.RowRange(first, count).CopyTo(to.Vectors.RowRange(to.Count, count));
        from.Documents.AsSpan(first, count).CopyTo(to.Documents.AsSpan(to.Count));
        from.Positions.AsSpan(first, count).CopyTo(to.Positions.AsSpan(to.Count));
        from.Tokens.AsSpan(first, count).CopyTo(to.Tokens.AsSpan(to.Count));
        to.Count += count;
    }
}

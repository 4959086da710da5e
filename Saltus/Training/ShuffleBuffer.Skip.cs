namespace Saltus.Training;

/// <summary>Passing over vectors: the order is played through with numbers in the place of vectors, and only what is in the buffer then is read.</summary>
public sealed partial class ShuffleBuffer
{
    /// <inheritdoc/>
    public long Skip(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (_refills > 0 || _source.Length is not long length)
        {
            return ActivationSources.ReadAndForget(this, count);
        }

        // ordinal[slot]: which vector of the source would be there.
        long[] ordinal = new long[_order.Length];
        long taken = 0;
        long skipped = 0;
        while (skipped < count)
        {
            if (_given == _limit && !_ended)
            {
                int filled = (int)Math.Min(_given, length - taken);
                for (int i = 0; i < filled; i++)
                {
                    ordinal[_order[i]] = taken++;
                }

                CloseGap(filled);
            }

            if (_given == _count)
            {
                break;
            }

            int pick = _given + _random.NextInt(_count - _given);
            (_order[_given], _order[pick]) = (_order[pick], _order[_given]);
            _given++;
            skipped++;
        }

        ReadHeld(ordinal, taken);
        return skipped;
    }

    /// <summary>Reads the vectors of all slots that hold one; the source then stands after vector <paramref name="taken"/>.</summary>
    private void ReadHeld(long[] ordinal, long taken)
    {
        int[] held = _order.AsSpan(_given, _count - _given).ToArray();
        if (_refills == 0)
        {
            return;
        }

        Array.Sort(Array.ConvertAll(held, slot => ordinal[slot]), held);
        long position = held.Length == 0 ? taken : ordinal[held[0]];
        _source.Skip(position);
        int next = 0;
        while (position < taken && NextStaged(out int row))
        {
            if (next < held.Length && ordinal[held[next]] == position)
            {
                _slots.CopyRow(held[next], _staged, row);
                next++;
            }

            position++;
        }
    }
}

using Saltus.Tensors;

namespace Saltus.Training;

/// <summary>
/// Mixes a stream of vectors through a buffer of fixed size: it is filled, a random half is given out, the gap is filled again, and so on
/// until the source ends and everything is given out. Every vector comes out exactly once. A stream that fits the buffer is permuted
/// uniformly; in a longer one a vector leaves after about one and a half buffers.
/// </summary>
/// <remarks>
/// The order depends on the seed, the capacity and the number of vectors, not on how the readers' batches are cut. Memory is
/// <see cref="MemoryBytes"/>, taken when the buffer is made and never more.
/// </remarks>
public sealed partial class ShuffleBuffer : IActivationSource
{
    private const int StagedRows = 1024;
    private const int BytesOfOriginAndOrder = 4 * sizeof(int);

    private readonly IActivationSource _source;
    private readonly ActivationBatch _slots;
    private readonly ActivationBatch _staged;
    private readonly int[] _order;
    private readonly RandomSource _random;
    private int _stagedNext;
    private long _refills;
    private bool _ended;

    // _order[.._given] are free slots, _order[_given.._count] hold vectors not yet given out. At the start every slot is free.
    private int _given;
    private int _count;
    private int _limit;

    /// <summary>Creates an empty buffer; the first read fills it.</summary>
    /// <param name="source">Where the vectors come from; disposed with the buffer.</param>
    /// <param name="capacity">Vectors in the buffer, at least 1 (no mixing); less memory is taken when the source is shorter.</param>
    /// <param name="seed">The run's seed.</param>
    public ShuffleBuffer(IActivationSource source, int capacity, long seed)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _source = source;
        int slots = SlotCount(source, capacity);
        _slots = new ActivationBatch(slots, source.Width);
        _staged = new ActivationBatch(Math.Min(StagedRows, slots), source.Width);
        _order = new int[slots];
        for (int i = 0; i < slots; i++)
        {
            _order[i] = i;
        }

        _random = new RandomSource(seed, "shuffle");
        (_given, _count, _limit) = (slots, slots, slots);
    }

    /// <inheritdoc/>
    public int Width => _source.Width;

    /// <inheritdoc/>
    public long? Length => _source.Length;

    /// <summary>Computes the memory that a buffer takes.</summary>
    /// <param name="source">Where the vectors come from.</param>
    /// <param name="capacity">Vectors in the buffer.</param>
    /// <returns>Bytes.</returns>
    public static long MemoryBytes(IActivationSource source, int capacity)
    {
        ArgumentNullException.ThrowIfNull(source);
        int slots = SlotCount(source, capacity);
        return (slots + (long)Math.Min(StagedRows, slots)) * (((long)source.Width * sizeof(float)) + BytesOfOriginAndOrder);
    }

    /// <inheritdoc/>
    public void Read(ActivationBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        int filled = 0;
        while (filled < batch.Capacity && HasMore())
        {
            int pick = _given + _random.NextInt(_count - _given);
            (_order[_given], _order[pick]) = (_order[pick], _order[_given]);
            batch.CopyRow(filled, _slots, _order[_given]);
            _given++;
            filled++;
        }

        batch.Count = filled;
    }

    /// <summary>
    /// Estimates scale and mean from vectors that are in the buffer and stay there: a live source need not compute them twice. Only
    /// before the first read or skip.
    /// </summary>
    /// <param name="vectors">How many, in the order of the source; no more than the buffer holds are used.</param>
    /// <returns>The estimate.</returns>
    /// <exception cref="InvalidOperationException">Vectors were given out already.</exception>
    /// <exception cref="InputException">There are no vectors, or all are zero.</exception>
    public NormScale EstimateNormScale(int vectors)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vectors);
        if (!HasMore())
        {
            throw NormScale.NoVectors();
        }

        if (_given > 0 || _refills > 1)
        {
            throw new InvalidOperationException("the scale is estimated before the first vector is given out");
        }

        // Right after the first filling slot i holds vector i of the source.
        NormScaleSum sum = new(Width);
        for (int slot = 0; slot < Math.Min(vectors, _count); slot++)
        {
            sum.Add(_slots.Vectors.Row(slot));
        }

        return sum.Result();
    }

    /// <summary>Frees the memory and the source.</summary>
    public void Dispose()
    {
        _slots.Dispose();
        _staged.Dispose();
        _source.Dispose();
    }

    private static int SlotCount(IActivationSource source, int capacity) => (int)Math.Clamp(source.Length ?? capacity, 1, capacity);

    private bool HasMore()
    {
        if (_given == _limit && !_ended)
        {
            int filled = Fill(_given);
            CloseGap(filled);
        }

        return _given < _count;
    }

    /// <summary>Fills free slots from the source; fewer than asked only at its end.</summary>
    private int Fill(int free)
    {
        int filled = 0;
        while (filled < free && NextStaged(out int row))
        {
            _slots.CopyRow(_order[filled], _staged, row);
            filled++;
        }

        return filled;
    }

    private bool NextStaged(out int row)
    {
        if (_stagedNext == _staged.Count)
        {
            _source.Read(_staged);
            _stagedNext = 0;
        }

        row = _stagedNext;
        if (_staged.Count == 0)
        {
            return false;
        }

        _stagedNext++;
        return true;
    }

    /// <summary>After the first <paramref name="filled"/> free slots were filled: drops the others when the source has ended.</summary>
    private void CloseGap(int filled)
    {
        if (filled < _given)
        {
            _ended = true;
            _order.AsSpan(_given, _count - _given).CopyTo(_order.AsSpan(filled));
            _count -= _given - filled;
        }

        _refills++;
        _given = 0;
        _limit = _ended ? _count : Math.Max(1, _count / 2);
    }
}

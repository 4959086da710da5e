namespace Saltus.Lm.Tokenizers;

/// <summary>
/// The symbols of one piece while they are merged: always the pair of lowest rank, the leftmost first. Short pieces are scanned for the
/// minimum, symbols moving together as they merge; long ones use a heap over a linked list, n log n for any text. Not for two threads.
/// </summary>
internal sealed class MergeWorkspace
{
    // Where the heap overtakes the scan; the result is the same on either side.
    private const int ScanLimit = 64;

    private int[] _ids = new int[ScanLimit * 2];
    private int[] _lengths = new int[ScanLimit * 2];
    private int[] _ranks = new int[ScanLimit * 2];
    private int[] _results = new int[ScanLimit * 2];
    private int[] _next = [];
    private int[] _previous = [];
    private long[] _heap = [];
    private int _heapCount;

    /// <summary>Number of symbols.</summary>
    public int Count { get; private set; }

    /// <summary>The ids of the symbols.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    /// <summary>The lengths that the symbols were added with, summed over what was merged.</summary>
    public ReadOnlySpan<int> Lengths => _lengths.AsSpan(0, Count);

    /// <summary>Pairs that the last merge of a long piece laid on its heap: the measure of its work, each costing log n.</summary>
    public int Pushed { get; private set; }

    public void Clear() => Count = 0;

    public void Add(int id, int length)
    {
        if (Count == _ids.Length)
        {
            int capacity = Count * 2;
            Array.Resize(ref _ids, capacity);
            Array.Resize(ref _lengths, capacity);
            Array.Resize(ref _ranks, capacity);
            Array.Resize(ref _results, capacity);
        }

        _ids[Count] = id;
        _lengths[Count++] = length;
    }

    /// <summary>Merges until no pair of neighbours is in <paramref name="table"/>.</summary>
    public void Merge(MergeTable table)
    {
        if (Count < 2)
        {
            return;
        }

        for (int i = 0; i + 1 < Count; i++)
        {
            _ranks[i] = table.Rank(_ids[i], _ids[i + 1], out _results[i]);
        }

        if (Count <= ScanLimit)
        {
            MergeByScan(table);
        }
        else
        {
            MergeByHeap(table);
        }
    }

    private void MergeByScan(MergeTable table)
    {
        Span<int> ids = _ids;
        Span<int> lengths = _lengths;
        Span<int> ranks = _ranks;
        Span<int> results = _results;
        int count = Count;
        while (count > 1)
        {
            int best = MergeTable.NoRank;
            int at = 0;
            for (int i = 0; i < count - 1; i++)
            {
                if (ranks[i] < best)
                {
                    best = ranks[i];
                    at = i;
                }
            }

            if (best == MergeTable.NoRank)
            {
                break;
            }

            ids[at] = results[at];
            lengths[at] += lengths[at + 1];
            count--;
            ids[(at + 2)..(count + 1)].CopyTo(ids[(at + 1)..]);
            lengths[(at + 2)..(count + 1)].CopyTo(lengths[(at + 1)..]);
            ranks[(at + 1)..count].CopyTo(ranks[at..]);
            results[(at + 1)..count].CopyTo(results[at..]);
            if (at + 1 < count)
            {
                ranks[at] = table.Rank(ids[at], ids[at + 1], out results[at]);
            }

            if (at > 0)
            {
                ranks[at - 1] = table.Rank(ids[at - 1], ids[at], out results[at - 1]);
            }
        }

        Count = count;
    }

    private void MergeByHeap(MergeTable table)
    {
        if (_next.Length < Count)
        {
            _next = new int[_ids.Length];
            _previous = new int[_ids.Length];
        }

        _heapCount = 0;
        Pushed = 0;
        for (int i = 0; i < Count; i++)
        {
            _next[i] = i + 1;
            _previous[i] = i - 1;
        }

        _ranks[Count - 1] = MergeTable.NoRank;
        for (int i = 0; i + 1 < Count; i++)
        {
            Push(i);
        }

        while (_heapCount > 0)
        {
            long top = Pop();
            int at = (int)(uint)top;

            // An entry is stale when its pair has changed since or is gone: the rank names the pair.
            if (_ranks[at] != (int)(top >> 32))
            {
                continue;
            }

            int right = _next[at];
            int after = _next[right];
            _ids[at] = _results[at];
            _lengths[at] += _lengths[right];
            _ranks[right] = MergeTable.NoRank;
            _next[at] = after;
            _ranks[at] = MergeTable.NoRank;
            if (after < Count)
            {
                _previous[after] = at;
                _ranks[at] = table.Rank(_ids[at], _ids[after], out _results[at]);
                Push(at);
            }

            int before = _previous[at];
            if (before >= 0)
            {
                _ranks[before] = table.Rank(_ids[before], _ids[at], out _results[before]);
                Push(before);
            }
        }

        int kept = 0;
        for (int i = 0; i < Count; i = _next[i])
        {
            _ids[kept] = _ids[i];
            _lengths[kept++] = _lengths[i];
        }

        Count = kept;
    }

    // Four-way heap of (rank, position): the smallest rank first, of equal ranks the leftmost.
    private void Push(int position)
    {
        int rank = _ranks[position];
        if (rank == MergeTable.NoRank)
        {
            return;
        }

        if (_heapCount == _heap.Length)
        {
            Array.Resize(ref _heap, Math.Max(256, _heapCount * 2));
        }

        Pushed++;
        long key = ((long)rank << 32) | (uint)position;
        int child = _heapCount++;
        while (child > 0)
        {
            int parent = (child - 1) >> 2;
            if (_heap[parent] <= key)
            {
                break;
            }

            _heap[child] = _heap[parent];
            child = parent;
        }

        _heap[child] = key;
    }

    private long Pop()
    {
        long top = _heap[0];
        long key = _heap[--_heapCount];
        int parent = 0;
        while (true)
        {
            int child = (parent << 2) + 1;
            if (child >= _heapCount)
            {
                break;
            }

            int end = Math.Min(child + 4, _heapCount);
            for (int other = child + 1; other < end; other++)
            {
                child = _heap[other] < _heap[child] ? other : child;
            }

            if (_heap[child] >= key)
            {
                break;
            }

            _heap[parent] = _heap[child];
            parent = child;
        }

        _heap[parent] = key;
        return top;
    }
}

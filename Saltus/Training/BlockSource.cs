using Saltus.Tensors;

namespace Saltus.Training;

/// <summary>
/// Stored vectors as a source: block after block in the order of the file, or blocks and the rows within each permuted, anew in every
/// pass. Memory is one permutation of the largest block.
/// </summary>
internal sealed class BlockSource : IActivationSource
{
    private readonly IVectorBlocks _blocks;
    private readonly ReadingOrder _order;
    private readonly long _rowsInPass;
    private int _pass = -1;
    private int[] _blockOrder = [];
    private int[]? _rowOrder;
    private int _blockIndex;
    private int _rowIndex;
    private long _given;

    public BlockSource(IVectorBlocks blocks, ReadingOrder order)
    {
        order.Validate();
        _blocks = blocks;
        _order = order;
        for (int block = 0; block < blocks.Blocks; block++)
        {
            _rowsInPass += blocks.Rows(block);
        }

        Total = _rowsInPass == 0 ? 0 : order.Vectors ?? _rowsInPass;
    }

    public int Width => _blocks.Width;

    public long? Length => Total;

    private long Total { get; }

    public void Read(ActivationBatch batch)
    {
        int filled = 0;
        while (filled < batch.Capacity && _given < Total)
        {
            Enter();
            int block = _blockOrder[_blockIndex];
            int count = (int)Math.Min(Math.Min(batch.Capacity - filled, _blocks.Rows(block) - _rowIndex), Total - _given);
            if (_rowOrder is null)
            {
                _blocks.Read(block, _rowIndex, count, batch, filled);
            }
            else
            {
                for (int i = 0; i < count; i++)
                {
                    _blocks.Read(block, _rowOrder[_rowIndex + i], 1, batch, filled + i);
                }
            }

            Advance(count);
            filled += count;
        }

        batch.Count = filled;
    }

    public long Skip(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        long wanted = Math.Min(count, Total - _given);
        long left = wanted;
        while (left > 0)
        {
            Enter();
            int step = (int)Math.Min(left, _blocks.Rows(_blockOrder[_blockIndex]) - _rowIndex);
            Advance(step);
            left -= step;
        }

        return wanted;
    }

    public void Dispose() => _blocks.Dispose();

    /// <summary>Makes the current block one that has rows left, starting the next block or pass where need be.</summary>
    private void Enter()
    {
        while (_pass < 0 || _blockIndex == _blockOrder.Length || _rowIndex == _blocks.Rows(_blockOrder[_blockIndex]))
        {
            if (_pass < 0 || _blockIndex + 1 >= _blockOrder.Length)
            {
                _pass++;
                _blockIndex = 0;
                _blockOrder = Permutation(_blocks.Blocks, $"blocks {_pass}") ?? Identity(_blocks.Blocks);
            }
            else
            {
                _blockIndex++;
            }

            _rowIndex = 0;
            int block = _blockOrder[_blockIndex];
            _rowOrder = Permutation(_blocks.Rows(block), $"rows {_pass} {block}");
        }
    }

    private void Advance(int count)
    {
        _rowIndex += count;
        _given += count;
    }

    private int[]? Permutation(int count, string use)
    {
        if (_order.Seed is not long seed)
        {
            return null;
        }

        int[] items = Identity(count);
        new RandomSource(seed, use).Shuffle<int>(items);
        return items;
    }

    private static int[] Identity(int count)
    {
        int[] items = new int[count];
        for (int i = 0; i < count; i++)
        {
            items[i] = i;
        }

        return items;
    }
}

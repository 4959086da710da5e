using System.Numerics;
using System.Runtime.CompilerServices;

namespace Saltus.Lm.Tokenizers;

/// <summary>
/// Pair of token ids → rank of its merge and the id that it becomes: open addressing with linear probing at a load of at most one half,
/// 16 bytes a slot, so that a look-up is nearly always one cache line.
/// </summary>
internal sealed class MergeTable
{
    /// <summary>The rank of a pair that does not merge.</summary>
    public const int NoRank = int.MaxValue;

    private readonly Slot[] _slots;
    private readonly int _shift;

    public MergeTable(int merges)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, merges * 2));
        _slots = new Slot[size];
        Array.Fill(_slots, new Slot(ulong.MaxValue, NoRank, -1));
        _shift = 64 - BitOperations.Log2((uint)size);
    }

    /// <summary>Sets the merge of a pair; a later one of the same pair takes the place of an earlier.</summary>
    public void Set(int left, int right, int rank, int result)
    {
        ulong key = Key(left, right);
        int slot = Home(key);
        while (_slots[slot].Key != key && _slots[slot].Key != ulong.MaxValue)
        {
            slot = (slot + 1) & (_slots.Length - 1);
        }

        _slots[slot] = new Slot(key, rank, result);
    }

    /// <summary>The rank of a pair, or <see cref="NoRank"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Rank(int left, int right, out int result)
    {
        ulong key = Key(left, right);
        Slot[] slots = _slots;
        int slot = Home(key);
        while (true)
        {
            ref readonly Slot candidate = ref slots[slot];
            if (candidate.Key == key || candidate.Key == ulong.MaxValue)
            {
                result = candidate.Result;
                return candidate.Rank;
            }

            slot = (slot + 1) & (slots.Length - 1);
        }
    }

    /// <summary>The ids that merges make.</summary>
    public IEnumerable<int> Results() => _slots.Where(slot => slot.Key != ulong.MaxValue).Select(slot => slot.Result);

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private int Home(ulong key) => (int)(unchecked(key * 0x9E3779B97F4A7C15UL) >> _shift);

    private readonly record struct Slot(ulong Key, int Rank, int Result);
}

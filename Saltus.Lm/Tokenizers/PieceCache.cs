using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Saltus.Lm.Tokenizers;

/// <summary>
/// Pieces that were seen before and their ids, so that a piece of ordinary text costs a hash and a comparison. Texts and ids lie in two
/// growing arrays; a full cache is emptied, which is rare and cheap. What it holds never changes a result. Not for two threads.
/// </summary>
internal sealed class PieceCache
{
    /// <summary>Longer pieces are hardly ever met again.</summary>
    public const int MaxPieceLength = 64;

    private const int Slots = 1 << 17;
    private const int MaxEntries = Slots / 2;

    private readonly Entry[] _entries = new Entry[Slots];
    private char[] _texts = new char[1 << 14];
    private int[] _ids = new int[1 << 13];
    private int _textCount;
    private int _idCount;
    private int _entryCount;

    /// <summary>The hash under which a piece is kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Hash(ReadOnlySpan<char> piece)
    {
        const ulong Odd = 0x9E3779B97F4A7C15UL;
        ulong hash = (ulong)piece.Length * Odd;
        ref char first = ref MemoryMarshal.GetReference(piece);
        int length = piece.Length;
        if (length >= 4)
        {
            int i = 0;
            for (; i <= length - 4; i += 4)
            {
                hash = Mix(hash, ReadFour(ref first, i));
            }

            // The last four overlap with what was read, and cover the rest without a branch a unit.
            hash = Mix(hash, ReadFour(ref first, length - 4));
        }
        else
        {
            ulong value = length > 0 ? first : 0UL;
            value |= length > 1 ? (ulong)Unsafe.Add(ref first, 1) << 16 : 0UL;
            value |= length > 2 ? (ulong)Unsafe.Add(ref first, 2) << 32 : 0UL;
            hash = Mix(hash, value);
        }

        return (uint)(hash >> 32);
    }

    /// <summary>Finds the ids of a piece.</summary>
    public bool TryGet(ReadOnlySpan<char> piece, uint hash, out ReadOnlySpan<int> ids)
    {
        int slot = (int)(hash & (Slots - 1));
        while (true)
        {
            ref readonly Entry entry = ref _entries[slot];
            if (entry.Length == 0)
            {
                ids = default;
                return false;
            }

            if (entry.Hash == hash && piece.SequenceEqual(_texts.AsSpan(entry.Text, entry.Length)))
            {
                ids = _ids.AsSpan(entry.Ids, entry.IdCount);
                return true;
            }

            slot = (slot + 1) & (Slots - 1);
        }
    }

    /// <summary>Keeps the ids of a piece that is not there yet; pieces that are empty or long are not kept.</summary>
    public void Add(ReadOnlySpan<char> piece, uint hash, ReadOnlySpan<int> ids)
    {
        if (piece.Length is 0 or > MaxPieceLength)
        {
            return;
        }

        if (_entryCount == MaxEntries)
        {
            Array.Clear(_entries);
            _entryCount = 0;
            _textCount = 0;
            _idCount = 0;
        }

        Grow(ref _texts, _textCount + piece.Length);
        Grow(ref _ids, _idCount + ids.Length);
        piece.CopyTo(_texts.AsSpan(_textCount));
        ids.CopyTo(_ids.AsSpan(_idCount));
        int slot = (int)(hash & (Slots - 1));
        while (_entries[slot].Length != 0)
        {
            slot = (slot + 1) & (Slots - 1);
        }

        _entries[slot] = new Entry(hash, _textCount, _idCount, (ushort)piece.Length, (ushort)ids.Length);
        _textCount += piece.Length;
        _idCount += ids.Length;
        _entryCount++;
    }

    private static void Grow<T>(ref T[] array, int needed)
    {
        if (needed > array.Length)
        {
            Array.Resize(ref array, Math.Max(needed, array.Length * 2));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ReadFour(ref char first, int index) =>
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<char, byte>(ref Unsafe.Add(ref first, index)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong hash, ulong value)
    {
        hash = unchecked((hash ^ value) * 0xD6E8FEB86659FD93UL);
        return hash ^ (hash >> 32);
    }

    private readonly record struct Entry(uint Hash, int Text, int Ids, ushort Length, ushort IdCount);
}

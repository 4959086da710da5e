using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Saltus.Lm.Tokenizers;

/// <summary>
/// Pieces that were seen before and their ids, so that a piece of ordinary text costs a hash and a comparison in one cache line: up to
/// eight units and a single id lie in the entry itself, the rest in two growing arrays. A full cache is emptied, which is rare and cheap.
/// What it holds never changes a result. Not for two threads.
/// </summary>
internal sealed class PieceCache
{
    /// <summary>Longer pieces are hardly ever met again.</summary>
    public const int MaxPieceLength = 64;

    private const int Slots = 1 << 17;
    private const int MaxEntries = Slots / 2;
    private const int UnitsOfWord = 4;
    private const int InlineUnits = 2 * UnitsOfWord;

    private readonly Entry[] _entries = new Entry[Slots];
    private char[] _texts = new char[1 << 14];
    private int[] _ids = new int[1 << 13];
    private int _textCount;
    private int _idCount;
    private int _entryCount;

    /// <summary>The key under which a piece is kept; the piece is not empty.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PieceKey KeyOf(ReadOnlySpan<char> piece)
    {
        ref char first = ref MemoryMarshal.GetReference(piece);
        int length = piece.Length;
        ulong head;
        ulong tail;
        if (length >= UnitsOfWord)
        {
            // Up to eight units, the first four and the last four say all; they may overlap.
            head = ReadFour(ref first, 0);
            tail = ReadFour(ref first, length - UnitsOfWord);
        }
        else
        {
            head = first;
            head |= length > 1 ? (ulong)Unsafe.Add(ref first, 1) << 16 : 0UL;
            head |= length > 2 ? (ulong)Unsafe.Add(ref first, 2) << 32 : 0UL;
            tail = 0;
        }

        ulong hash = Mix((uint)length, head);
        for (int i = UnitsOfWord; i < length - UnitsOfWord; i += UnitsOfWord)
        {
            hash = Mix(hash, ReadFour(ref first, i));
        }

        return new PieceKey(head, tail, (uint)(Mix(hash, tail) >> 32));
    }

    /// <summary>Finds the ids of a piece; they are good until something is added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGet(ReadOnlySpan<char> piece, in PieceKey key, out ReadOnlySpan<int> ids)
    {
        int slot = (int)(key.Hash & (Slots - 1));
        while (true)
        {
            ref readonly Entry entry = ref _entries[slot];
            if (entry.Length == 0)
            {
                ids = default;
                return false;
            }

            if (entry.Head == key.Head && entry.Tail == key.Tail && entry.Length == piece.Length && (piece.Length <= InlineUnits || IsText(entry, piece)))
            {
                ids = entry.IdCount == 1 ? new ReadOnlySpan<int>(in entry.Ids) : _ids.AsSpan(entry.Ids, entry.IdCount);
                return true;
            }

            slot = (slot + 1) & (Slots - 1);
        }
    }

    /// <summary>Keeps the ids of a piece that is not there yet and is not longer than <see cref="MaxPieceLength"/>.</summary>
    public void Add(ReadOnlySpan<char> piece, in PieceKey key, ReadOnlySpan<int> ids)
    {
        if (_entryCount == MaxEntries)
        {
            Array.Clear(_entries);
            _entryCount = 0;
            _textCount = 0;
            _idCount = 0;
        }

        int text = 0;
        if (piece.Length > InlineUnits)
        {
            text = _textCount;
            Grow(ref _texts, _textCount + piece.Length);
            piece.CopyTo(_texts.AsSpan(_textCount));
            _textCount += piece.Length;
        }

        int place = ids.Length == 1 ? ids[0] : _idCount;
        if (ids.Length != 1)
        {
            Grow(ref _ids, _idCount + ids.Length);
            ids.CopyTo(_ids.AsSpan(_idCount));
            _idCount += ids.Length;
        }

        int slot = (int)(key.Hash & (Slots - 1));
        while (_entries[slot].Length != 0)
        {
            slot = (slot + 1) & (Slots - 1);
        }

        _entries[slot] = new Entry(key.Head, key.Tail, text, place, (ushort)piece.Length, (ushort)ids.Length);
        _entryCount++;
    }

    private bool IsText(in Entry entry, ReadOnlySpan<char> piece) => piece.SequenceEqual(_texts.AsSpan(entry.Text, entry.Length));

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

    // Thirty-two bytes, two to a cache line. A single id stands in Ids itself.
    private readonly struct Entry(ulong head, ulong tail, int text, int ids, ushort length, ushort idCount)
    {
        public readonly ulong Head = head;
        public readonly ulong Tail = tail;
        public readonly int Text = text;
        public readonly int Ids = ids;
        public readonly ushort Length = length;
        public readonly ushort IdCount = idCount;
    }
}

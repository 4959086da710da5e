namespace Saltus.Lm.Tokenizers;

/// <summary>Writes the changed form of an <see cref="AlignedText"/> from left to right.</summary>
internal sealed class AlignedTextBuilder
{
    private readonly AlignedText _source;
    private char[] _units;
    private int[] _starts;
    private int[] _ends;
    private int _length;

    public AlignedTextBuilder(AlignedText source)
    {
        _source = source;
        int capacity = source.Length + 16;
        _units = new char[capacity];
        _starts = new int[capacity];
        _ends = new int[capacity];
    }

    /// <summary>The next unit of the source that has neither been kept, replaced nor dropped.</summary>
    public int Position { get; private set; }

    /// <summary>Keeps the source up to the unit <paramref name="end"/>.</summary>
    public void Keep(int end)
    {
        for (; Position < end; Position++)
        {
            Write(_source.Units[Position], _source.StartOf(Position), _source.EndOf(Position));
        }
    }

    /// <summary>Drops the source up to the unit <paramref name="end"/>.</summary>
    public void Drop(int end) => Position = end;

    /// <summary>Drops the next code point of the source, if there is one.</summary>
    public void DropOne()
    {
        if (Position < _source.Length)
        {
            Position += char.IsHighSurrogate(_source.Units[Position]) ? 2 : 1;
        }
    }

    /// <summary>Puts one character in the place of the next code point of the source.</summary>
    public void Replace(ReadOnlySpan<char> character)
    {
        int start = _source.StartOf(Position);
        int end = _source.EndOf(Position);
        bool pair = char.IsHighSurrogate(_source.Units[Position]);
        Write(character, start, end);
        Position += pair ? 2 : 1;
    }

    /// <summary>Inserts text; it takes the span of the source's character before the position.</summary>
    public void Insert(ReadOnlySpan<char> text)
    {
        int start = Position > 0 ? _source.StartOf(Position - 1) : _source.OriginalStart;
        int end = Position > 0 ? _source.EndOf(Position - 1) : _source.OriginalStart;
        Write(text, start, end);
    }

    public AlignedText Done()
    {
        Keep(_source.Length);
        return new AlignedText(_units, _starts, _ends, 0, _length, _source.OriginalStart);
    }

    private void Write(ReadOnlySpan<char> text, int start, int end)
    {
        foreach (char unit in text)
        {
            Write(unit, start, end);
        }
    }

    private void Write(char unit, int start, int end)
    {
        if (_length == _units.Length)
        {
            Array.Resize(ref _units, _length * 2);
            Array.Resize(ref _starts, _length * 2);
            Array.Resize(ref _ends, _length * 2);
        }

        _units[_length] = unit;
        _starts[_length] = start;
        _ends[_length++] = end;
    }
}

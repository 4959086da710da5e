namespace Saltus.Lm.Tokenizers;

/// <summary>
/// A text on its way to the model: UTF-16 units, and for each the span of code points of the original text that it comes from. What is
/// inserted takes the span of the character before it. Slices share storage; a change writes new storage.
/// </summary>
internal sealed class AlignedText
{
    private readonly char[] _units;
    private readonly int[] _starts;
    private readonly int[] _ends;
    private readonly int _offset;

    internal AlignedText(char[] units, int[] starts, int[] ends, int offset, int length, int originalStart)
    {
        _units = units;
        _starts = starts;
        _ends = ends;
        _offset = offset;
        Length = length;
        OriginalStart = originalStart;
    }

    /// <summary>Number of UTF-16 units.</summary>
    public int Length { get; }

    /// <summary>Where the text lay in the original when it was last cut out of a larger one.</summary>
    public int OriginalStart { get; }

    public ReadOnlySpan<char> Units => _units.AsSpan(_offset, Length);

    /// <summary>A text that is its own original; a lone surrogate becomes U+FFFD.</summary>
    public static AlignedText From(ReadOnlySpan<char> text)
    {
        char[] units = text.ToArray();
        int[] starts = new int[text.Length];
        int[] ends = new int[text.Length];
        int codePoint = 0;
        for (int i = 0; i < units.Length; i++, codePoint++)
        {
            starts[i] = codePoint;
            ends[i] = codePoint + 1;
            if (!char.IsSurrogate(units[i]))
            {
                continue;
            }

            if (char.IsHighSurrogate(units[i]) && i + 1 < units.Length && char.IsLowSurrogate(units[i + 1]))
            {
                i++;
                starts[i] = codePoint;
                ends[i] = codePoint + 1;
            }
            else
            {
                units[i] = '\uFFFD';
            }
        }

        return new AlignedText(units, starts, ends, 0, units.Length, 0);
    }

    /// <summary>First code point of the original that the unit comes from.</summary>
    public int StartOf(int unit) => _starts[_offset + unit];

    /// <summary>One past the last code point of the original that the unit comes from.</summary>
    public int EndOf(int unit) => _ends[_offset + unit];

    public AlignedText Slice(int start, int end) =>
        new(_units, _starts, _ends, _offset + start, end - start, end > start ? _starts[_offset + start] : OriginalStart);

    public override string ToString() => new(Units);
}

using System.Text;

namespace Saltus.Lm.Tokenizers;

/// <summary>The changes of text that several steps of the pipeline make.</summary>
internal static class TextChanges
{
    /// <summary>Puts <paramref name="prefix"/> in front; it shares the place of the first character. Nothing is put before nothing.</summary>
    public static AlignedText Prepend(AlignedText text, string prefix)
    {
        if (text.Length == 0)
        {
            return text;
        }

        int first = char.IsHighSurrogate(text.Units[0]) ? 2 : 1;
        ReadOnlySpan<char> character = text.Units[..first];
        var builder = new AlignedTextBuilder(text);
        if (prefix.Length == 0)
        {
            // The reference then inserts the first character anew, without a place of its own.
            builder.Insert(character);
            builder.Drop(first);
            return builder.Done();
        }

        int cut = char.IsHighSurrogate(prefix[0]) ? 2 : 1;
        builder.Replace(prefix.AsSpan(0, cut));
        builder.Insert(prefix.AsSpan(cut));
        builder.Insert(character);
        return builder.Done();
    }

    /// <summary>Puts <paramref name="content"/> in the place of every match; it takes the place of the match's last character.</summary>
    public static AlignedText Replace(AlignedText text, TextPattern pattern, string content)
    {
        List<TextMatch> matches = [];
        pattern.FindMatches(text.Units, matches);
        var builder = new AlignedTextBuilder(text);
        foreach (TextMatch match in matches)
        {
            if (match.IsMatch)
            {
                builder.Drop(match.End);
                builder.Insert(content);
            }
            else
            {
                builder.Keep(match.End);
            }
        }

        return builder.Done();
    }

    /// <summary>
    /// Writes a text anew, code point by code point: a change of 0 takes the place of the next one of the source, 1 is inserted, −n takes the
    /// place of one and removes the n after it.
    /// </summary>
    public static AlignedText Transform(AlignedText text, IReadOnlyList<(int CodePoint, int Change)> changes)
    {
        var builder = new AlignedTextBuilder(text);
        Span<char> units = stackalloc char[2];
        foreach ((int codePoint, int change) in changes)
        {
            ReadOnlySpan<char> character = units[..new Rune(codePoint).EncodeToUtf16(units)];
            if (change > 0)
            {
                builder.Insert(character);
                continue;
            }

            builder.Replace(character);
            for (int removed = 0; removed < -change; removed++)
            {
                builder.DropOne();
            }
        }

        builder.Drop(text.Length);
        return builder.Done();
    }

    /// <summary>Leaves out every code point for which <paramref name="keep"/> does not hold.</summary>
    public static AlignedText Filter(AlignedText text, Func<int, bool> keep)
    {
        var builder = new AlignedTextBuilder(text);
        while (builder.Position < text.Length)
        {
            Rune.DecodeFromUtf16(text.Units[builder.Position..], out Rune rune, out int length);
            if (keep(rune.Value))
            {
                builder.Keep(builder.Position + length);
            }
            else
            {
                builder.DropOne();
            }
        }

        return builder.Done();
    }

    /// <summary>Puts one code point in the place of each.</summary>
    public static AlignedText Map(AlignedText text, Func<int, int> map)
    {
        var builder = new AlignedTextBuilder(text);
        Span<char> units = stackalloc char[2];
        while (builder.Position < text.Length)
        {
            Rune.DecodeFromUtf16(text.Units[builder.Position..], out Rune rune, out _);
            builder.Replace(units[..new Rune(map(rune.Value)).EncodeToUtf16(units)]);
        }

        return builder.Done();
    }
}

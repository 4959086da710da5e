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
}

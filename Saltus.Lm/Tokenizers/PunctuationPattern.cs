using System.Text;

namespace Saltus.Lm.Tokenizers;

/// <summary>Every single punctuation character, ASCII symbols included.</summary>
internal sealed class PunctuationPattern : TextPattern
{
    /// <inheritdoc/>
    public override void FindMatches(ReadOnlySpan<char> text, List<TextMatch> matches)
    {
        int from = 0;
        for (int at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf16(text[at..], out Rune rune, out int length);
            if (OlderUnicode.IsPunctuation(rune.Value))
            {
                if (from < at)
                {
                    matches.Add(new TextMatch(from, at, false));
                }

                from = at + length;
                matches.Add(new TextMatch(at, from, true));
            }

            at += length;
        }

        if (from < text.Length)
        {
            matches.Add(new TextMatch(from, text.Length, false));
        }
    }
}

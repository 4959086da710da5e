using System.Buffers;
using System.Text;

namespace Saltus.Lm.Tokenizers;

/// <summary>Finds added tokens in a text: leftmost first, of those that begin together the longest; then the rules of each token are applied.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly Dictionary<long, int> _children = [];
    private readonly List<AddedToken?> _tokens = [null];
    private readonly SearchValues<char> _firsts;

    /// <summary>Creates the matcher.</summary>
    /// <param name="tokens">The tokens, and for each the text to look for.</param>
    public AddedTokenMatcher(IReadOnlyList<(string Text, AddedToken Token)> tokens)
    {
        foreach ((string text, AddedToken token) in tokens)
        {
            int node = 0;
            foreach (char unit in text)
            {
                long key = Key(node, unit);
                if (!_children.TryGetValue(key, out int child))
                {
                    child = _tokens.Count;
                    _tokens.Add(null);
                    _children.Add(key, child);
                }

                node = child;
            }

            _tokens[node] = token;
        }

        _firsts = SearchValues.Create([.. tokens.Select(token => token.Text[0]).Distinct()]);
    }

    /// <summary>Finds the next token that holds.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where to look on; moved behind what was found, which is not where the token's stripped white space ends.</param>
    /// <param name="covered">How far earlier tokens reach, their white space included.</param>
    /// <param name="start">First unit, stripped white space included.</param>
    /// <param name="end">One past the last unit, stripped white space included.</param>
    /// <param name="token">What was found.</param>
    /// <returns>Whether one was found.</returns>
    public bool TryFind(ReadOnlySpan<char> text, ref int from, int covered, out int start, out int end, out AddedToken token)
    {
        while (true)
        {
            AddedToken? found = Longest(text, ref from, out start);
            end = from;
            if (found is null)
            {
                token = null!;
                return false;
            }

            if (found.SingleWord && (EndsInWord(text[..start]) || (end < text.Length && (CodePointClass.At(text, end, out _) & CodePointClass.Word) != 0)))
            {
                continue;
            }

            if (found.StripLeft)
            {
                int left = start;
                while (left > 0 && char.IsWhiteSpace(text[left - 1]))
                {
                    left--;
                }

                start = Math.Max(left, covered);
            }

            if (found.StripRight)
            {
                end = CodePointClass.SkipWhile(text, end, CodePointClass.Space);
            }

            if (start >= end)
            {
                // White space that is a token itself, and that an earlier token has taken with it.
                continue;
            }

            token = found;
            return true;
        }
    }

    /// <summary>Cuts one text at the tokens in it; empty stretches are left out.</summary>
    public void Cut(AlignedText text, List<TextPiece> result)
    {
        int from = 0;
        int covered = 0;
        while (TryFind(text.Units, ref from, covered, out int start, out int end, out AddedToken token))
        {
            if (covered < start)
            {
                result.Add(new TextPiece(text.Slice(covered, start)));
            }

            result.Add(new TextPiece(text.Slice(start, end), token.Id));
            covered = end;
        }

        if (covered < text.Length)
        {
            result.Add(new TextPiece(text.Slice(covered, text.Length)));
        }
    }

    private static long Key(int node, char unit) => ((long)node << 16) | unit;

    private static bool EndsInWord(ReadOnlySpan<char> text) =>
        Rune.DecodeLastFromUtf16(text, out Rune last, out _) == OperationStatus.Done && (CodePointClass.Of(last.Value) & CodePointClass.Word) != 0;

    private AddedToken? Longest(ReadOnlySpan<char> text, ref int from, out int start)
    {
        start = from;
        while (start < text.Length)
        {
            int skip = text[start..].IndexOfAny(_firsts);
            if (skip < 0)
            {
                break;
            }

            start += skip;
            AddedToken? longest = null;
            int node = 0;
            for (int i = start; i < text.Length && _children.TryGetValue(Key(node, text[i]), out node); i++)
            {
                if (_tokens[node] is AddedToken token)
                {
                    longest = token;
                    from = i + 1;
                }
            }

            if (longest is not null)
            {
                return longest;
            }

            start++;
        }

        from = text.Length;
        return null;
    }
}

using System.Text;

namespace Saltus.Lm.Tokenizers;

/// <summary>Longest match first: from the left the longest token, those behind the first with a prefix; a piece with a gap is unknown as a whole.</summary>
internal sealed class WordPieceModel(Vocabulary vocabulary, string unknown, string prefix, int maxCharacters, string file) : TokenModel(vocabulary)
{
    /// <inheritdoc/>
    public override void Tokenize(ReadOnlySpan<char> piece, List<ModelToken> tokens)
    {
        int first = tokens.Count;
        bool found = CountRunes(piece) <= maxCharacters;
        char[] candidate = [.. prefix, .. piece];
        int startByte = 0;
        for (int start = 0; found && start < piece.Length;)
        {
            int end = piece.Length;
            int id = -1;
            ReadOnlySpan<char> text = default;
            while (end > start)
            {
                // Behind the first token, the prefix stands in the buffer in front of what is left of the piece.
                piece[start..].CopyTo(candidate.AsSpan(prefix.Length));
                text = start > 0 ? candidate.AsSpan(0, prefix.Length + end - start) : piece[..end];
                id = Vocabulary.Find(text);
                if (id >= 0)
                {
                    break;
                }

                end -= end - start > 1 && char.IsLowSurrogate(piece[end - 1]) && char.IsHighSurrogate(piece[end - 2]) ? 2 : 1;
            }

            found = id >= 0;
            if (found)
            {
                int endByte = startByte + Encoding.UTF8.GetByteCount(piece[start..end]);
                tokens.Add(new ModelToken(id, text.ToString(), startByte, endByte));
                startByte = endByte;
                start = end;
            }
        }

        if (!found)
        {
            tokens.RemoveRange(first, tokens.Count - first);
            tokens.Add(new ModelToken(Vocabulary.RequireUnknown(unknown, file), unknown, 0, Encoding.UTF8.GetByteCount(piece)));
        }
    }

    private static int CountRunes(ReadOnlySpan<char> text)
    {
        int count = 0;
        foreach (Rune _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }
}

namespace Saltus.Lm.Tokenizers;

/// <summary>
/// Words of a SentencePiece text: marks, then what is no mark. A model that never merges across the place where a mark follows something
/// else encodes each such word by itself as it would within the whole text, and words can be remembered.
/// </summary>
internal sealed class MarkScanner : PieceScanner
{
    private const char Mark = '\u2581';

    /// <summary>Whether a model's result is the same word by word.</summary>
    public static bool IsExactFor(TokenModel model)
    {
        // The mark must be a token, so that nothing unknown is fused across it; nothing between two marks may be dropped, which would let
        // them merge; and no merge may make a token with a mark behind something else.
        return model is BpeModel { DropsUnknown: false, Options: { ContinuingPrefix: "", EndOfWordSuffix: "", IgnoreMerges: false } } bpe
            && bpe.Vocabulary.Find([Mark]) >= 0
            && !bpe.Merges.Results().Any(id => HasMarkBehind(bpe.Vocabulary.Text(id)!));
    }

    /// <inheritdoc/>
    public override int End(ReadOnlySpan<char> text, int start)
    {
        while (start < text.Length && text[start] == Mark)
        {
            start++;
        }

        int next = text[start..].IndexOf(Mark);
        return next < 0 ? text.Length : start + next;
    }

    private static bool HasMarkBehind(string text)
    {
        int other = text.AsSpan().IndexOfAnyExcept(Mark);
        return other >= 0 && text.AsSpan(other).Contains(Mark);
    }
}

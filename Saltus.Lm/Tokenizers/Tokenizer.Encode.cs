using System.Collections.Concurrent;
using System.Text;

namespace Saltus.Lm.Tokenizers;

/// <content>From text to tokens: the whole pipeline with tokens and offsets, and the fast path to ids alone.</content>
public sealed partial class Tokenizer
{
    private readonly ConcurrentBag<PieceWorkspace> _workspaces = [];

    /// <summary>Encodes a text with the tokens' texts and places.</summary>
    /// <param name="text">The text; a lone surrogate counts as U+FFFD.</param>
    /// <param name="addSpecialTokens">Whether the post-processor's special tokens are added.</param>
    /// <returns>Ids, tokens and code-point offsets.</returns>
    /// <exception cref="TokenizerFormatException">The text needs the unknown token, and the vocabulary has none.</exception>
    public TokenEncoding Encode(string text, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        var encoding = new EncodingBuilder();
        Encode(AlignedText.From(text), encoding);
        if (_parts.PostProcessor is not null)
        {
            encoding = _parts.PostProcessor.Apply(encoding, addSpecialTokens);
        }

        return encoding.Done();
    }

    /// <summary>Appends the ids of a text: those of <see cref="Encode(string, bool)"/>, many times faster.</summary>
    /// <param name="text">The text; a lone surrogate counts as U+FFFD.</param>
    /// <param name="ids">Where to append.</param>
    /// <param name="addSpecialTokens">Whether the post-processor's special tokens are added.</param>
    /// <exception cref="TokenizerFormatException">The text needs the unknown token, and the vocabulary has none.</exception>
    public void EncodeIds(ReadOnlySpan<char> text, List<int> ids, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(ids);
        PostProcessor? post = _parts.PostProcessor;
        if (_idPipeline is null || post is { Copies: not 1 })
        {
            ids.AddRange(Encode(text.ToString(), addSpecialTokens).Ids);
            return;
        }

        if (addSpecialTokens && post is not null)
        {
            ids.AddRange(post.Before);
        }

        text = WellFormed(text);
        if (!_workspaces.TryTake(out PieceWorkspace? workspace))
        {
            workspace = new PieceWorkspace();
        }

        EncodeRaw(text, workspace, ids);
        _workspaces.Add(workspace);
        if (addSpecialTokens && post is not null)
        {
            ids.AddRange(post.Behind);
        }
    }

    // Lone surrogates are rare: the text is copied only where there is one.
    private static ReadOnlySpan<char> WellFormed(ReadOnlySpan<char> text)
    {
        int at = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        for (; at >= 0 && at < text.Length; at++)
        {
            if (!char.IsSurrogate(text[at]))
            {
                continue;
            }

            if (char.IsLowSurrogate(text[at]) || at + 1 == text.Length || !char.IsLowSurrogate(text[at + 1]))
            {
                return AlignedText.From(text).Units;
            }

            at++;
        }

        return text;
    }

    // Tokens that are looked for in the raw text, and between them the rest, normalized.
    private void EncodeRaw(ReadOnlySpan<char> text, PieceWorkspace workspace, List<int> ids)
    {
        int from = 0;
        int covered = 0;
        if (_rawMatcher is not null)
        {
            while (_rawMatcher.TryFind(text, ref from, covered, out int start, out int end, out AddedToken token))
            {
                if (covered < start)
                {
                    EncodeNormalized(text[covered..start], covered == 0, workspace, ids);
                }

                ids.Add(token.Id);
                covered = end;
            }
        }

        if (covered < text.Length)
        {
            EncodeNormalized(text[covered..], covered == 0, workspace, ids);
        }
    }

    private void EncodeNormalized(ReadOnlySpan<char> text, bool atStart, PieceWorkspace workspace, List<int> ids)
    {
        if (_parts.Normalizer is not null && !_parts.Normalizer.LeavesAlone(text))
        {
            text = _parts.Normalizer.ApplyToText(text.ToString());
        }

        int from = 0;
        int covered = 0;
        if (_normalizedMatcher is not null)
        {
            while (_normalizedMatcher.TryFind(text, ref from, covered, out int start, out int end, out AddedToken token))
            {
                if (covered < start)
                {
                    _idPipeline!.Run(text[covered..start], atStart && covered == 0, workspace, ids);
                }

                ids.Add(token.Id);
                covered = end;
            }
        }

        _idPipeline!.Run(text[covered..], atStart && covered == 0, workspace, ids);
    }

    private void Encode(AlignedText text, EncodingBuilder encoding)
    {
        List<TextPiece> raw = [];
        if (_rawMatcher is not null)
        {
            _rawMatcher.Cut(text, raw);
        }
        else
        {
            raw.Add(new TextPiece(text));
        }

        List<TextPiece> pieces = [];
        foreach (TextPiece piece in raw)
        {
            if (piece.TokenId >= 0)
            {
                pieces.Add(piece);
                continue;
            }

            AlignedText normalized = _parts.Normalizer?.Apply(piece.Text) ?? piece.Text;
            if (_normalizedMatcher is not null)
            {
                _normalizedMatcher.Cut(normalized, pieces);
            }
            else if (normalized.Length > 0)
            {
                pieces.Add(new TextPiece(normalized.Slice(0, normalized.Length)));
            }
        }

        _parts.PreTokenizer?.Apply(pieces);
        List<ModelToken> tokens = [];
        foreach (TextPiece piece in pieces)
        {
            if (piece.TokenId >= 0)
            {
                (int start, int end) = piece.Text.Length == 0 ? (0, 0) : (piece.Text.StartOf(0), piece.Text.EndOf(piece.Text.Length - 1));
                encoding.Add(piece.TokenId, piece.Text.ToString(), start, end);
                continue;
            }

            tokens.Clear();
            _parts.Model.Tokenize(piece.Text.Units, tokens);
            AddWithOffsets(piece.Text, tokens, encoding);
        }
    }

    // A model counts in bytes of the normalized piece; each byte belongs to a unit, and that to code points of the original.
    private static void AddWithOffsets(AlignedText text, List<ModelToken> tokens, EncodingBuilder encoding)
    {
        int[] unitOfByte = UnitOfByte(text.Units);
        foreach (ModelToken token in tokens)
        {
            bool within = token.Start < token.End && token.End <= unitOfByte.Length;
            int start = within ? text.StartOf(unitOfByte[token.Start]) : token.Start;
            int end = within ? text.EndOf(unitOfByte[token.End - 1]) : token.End;
            encoding.Add(token.Id, token.Text, start, end);
        }
    }

    private static int[] UnitOfByte(ReadOnlySpan<char> units)
    {
        int[] unitOfByte = new int[Encoding.UTF8.GetByteCount(units)];
        int at = 0;
        for (int unit = 0; unit < units.Length;)
        {
            Rune.DecodeFromUtf16(units[unit..], out Rune rune, out int length);
            for (int i = 0; i < rune.Utf8SequenceLength; i++)
            {
                unitOfByte[at++] = unit;
            }

            unit += length;
        }

        return unitOfByte;
    }
}

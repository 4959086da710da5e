using System.Text;

namespace Saltus.Lm.Tokenizers;

/// <summary>
/// Byte-level BPE whose pre-tokenizer is scanners, the last step being ByteLevel: the scanners cut the raw text, and the bytes of a piece
/// are merged by id without ever being written in the byte alphabet.
/// </summary>
internal sealed class ByteLevelEncoder : PieceEncoder
{
    private readonly PieceScanner[] _scanners;
    private readonly int _prefixLevel;
    private readonly BpeModel _model;
    private readonly int[] _idOfByte;

    private ByteLevelEncoder(PieceScanner[] scanners, int prefixLevel, BpeModel model, int[] idOfByte)
    {
        _scanners = scanners;
        _prefixLevel = prefixLevel;
        _model = model;
        _idOfByte = idOfByte;
    }

    public static ByteLevelEncoder? TryCreate(TokenizerParts parts)
    {
        if (parts.Normalizer is not null || parts.Model is not BpeModel { Options: { ContinuingPrefix: "", EndOfWordSuffix: "" } } model)
        {
            return null;
        }

        IReadOnlyList<PreTokenizer> steps = parts.PreTokenizer is PreTokenizerSequence sequence ? sequence.Steps
            : parts.PreTokenizer is not null ? [parts.PreTokenizer] : [];
        List<PieceScanner> scanners = [];
        foreach (PreTokenizer step in steps.SkipLast(1))
        {
            if (step is not SplitPreTokenizer { Scanner: PieceScanner scanner })
            {
                return null;
            }

            scanners.Add(scanner);
        }

        if (steps.Count == 0 || steps[^1] is not ByteLevelPreTokenizer last)
        {
            return null;
        }

        int prefixLevel = last.AddPrefixSpace ? scanners.Count : -1;
        if (last.Scanner is not null)
        {
            scanners.Add(last.Scanner);
        }

        int[] idOfByte = new int[256];
        for (int value = 0; value < 256; value++)
        {
            idOfByte[value] = model.Vocabulary.Find([ByteAlphabet.OfBytes[value]]);
            if (idOfByte[value] < 0)
            {
                return null;
            }
        }

        return new ByteLevelEncoder([.. scanners], prefixLevel, model, idOfByte);
    }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<char> segment, PieceWorkspace workspace, List<int> ids) => Encode(0, segment, workspace, ids);

    private void Encode(int level, ReadOnlySpan<char> text, PieceWorkspace workspace, List<int> ids)
    {
        if (level == _prefixLevel && text[0] != ' ')
        {
            // The prefixed text has an array of its own: below, pieces use the workspace's.
            text = string.Concat(" ", text);
        }

        if (level == _scanners.Length)
        {
            EncodePiece(text, workspace, ids);
            return;
        }

        PieceScanner scanner = _scanners[level];
        bool last = level == _scanners.Length - 1 && _prefixLevel != _scanners.Length;
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = scanner.End(text, start);
            if (last)
            {
                EncodePiece(text[start..end], workspace, ids);
            }
            else
            {
                Encode(level + 1, text[start..end], workspace, ids);
            }
        }
    }

    private void EncodePiece(ReadOnlySpan<char> piece, PieceWorkspace workspace, List<int> ids)
    {
        if (piece.Length > PieceCache.MaxPieceLength)
        {
            ids.AddRange(Merge(piece, workspace));
            return;
        }

        uint hash = PieceCache.Hash(piece);
        if (!workspace.Cache.TryGet(piece, hash, out ReadOnlySpan<int> known))
        {
            known = Merge(piece, workspace);
            workspace.Cache.Add(piece, hash, known);
        }

        if (known.Length == 1)
        {
            ids.Add(known[0]);
        }
        else
        {
            ids.AddRange(known);
        }
    }

    private ReadOnlySpan<int> Merge(ReadOnlySpan<char> piece, PieceWorkspace workspace)
    {
        Span<byte> bytes = workspace.Bytes(piece.Length * 3);
        bytes = bytes[..Encoding.UTF8.GetBytes(piece, bytes)];
        MergeWorkspace merge = workspace.Merge;
        merge.Clear();
        if (_model.Options.IgnoreMerges)
        {
            Span<char> units = workspace.Units(bytes.Length);
            for (int i = 0; i < bytes.Length; i++)
            {
                units[i] = ByteAlphabet.OfBytes[bytes[i]];
            }

            int whole = _model.Vocabulary.Find(units);
            if (whole >= 0)
            {
                merge.Add(whole, bytes.Length);
                return merge.Ids;
            }
        }

        foreach (byte value in bytes)
        {
            merge.Add(_idOfByte[value], 1);
        }

        merge.Merge(_model.Merges);
        return merge.Ids;
    }
}

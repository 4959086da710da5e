using System.Text;

namespace Saltus.Lm.Tokenizers;

/// <summary>Byte-level BPE behind a ByteLevel step: the bytes of a piece are merged by id without ever being written in the byte alphabet.</summary>
internal sealed class BytePieceIds : PieceIds
{
    private readonly BpeModel _model;
    private readonly int[] _idOfByte;

    private BytePieceIds(BpeModel model, int[] idOfByte)
    {
        _model = model;
        _idOfByte = idOfByte;
    }

    /// <summary>Null where the model is another, or lacks a byte and so depends on what it does with the unknown.</summary>
    public static BytePieceIds? TryCreate(TokenModel model)
    {
        if (model is not BpeModel { Options: { ContinuingPrefix: "", EndOfWordSuffix: "" } } bpe)
        {
            return null;
        }

        int[] idOfByte = new int[256];
        for (int value = 0; value < 256; value++)
        {
            idOfByte[value] = bpe.Vocabulary.Find([ByteAlphabet.OfBytes[value]]);
            if (idOfByte[value] < 0)
            {
                return null;
            }
        }

        return new BytePieceIds(bpe, idOfByte);
    }

    /// <inheritdoc/>
    protected override ReadOnlySpan<int> Compute(ReadOnlySpan<char> piece, PieceWorkspace workspace)
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

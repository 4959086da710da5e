using System.Collections.Concurrent;
using System.Text;

namespace Saltus.Lm.Tokenizers;

/// <summary>Byte pair encoding: a piece's characters, then merges by rank.</summary>
internal sealed class BpeModel : TokenModel
{
    private readonly ConcurrentBag<MergeWorkspace> _workspaces = [];
    private readonly int[] _byteFallback;
    private readonly int _unknown;
    private readonly string _file;

    public BpeModel(Vocabulary vocabulary, MergeTable merges, BpeOptions options, string file)
        : base(vocabulary)
    {
        Merges = merges;
        Options = options;
        _file = file;
        _unknown = options.UnknownToken is null ? -1 : vocabulary.Find(options.UnknownToken);
        _byteFallback = new int[256];
        for (int value = 0; value < 256; value++)
        {
            _byteFallback[value] = options.ByteFallback ? vocabulary.Find($"<0x{value:X2}>") : -1;
        }
    }

    public MergeTable Merges { get; }

    public BpeOptions Options { get; }

    /// <summary>Whether a character that is no token can vanish: there is no unknown token, and not a token for every byte.</summary>
    public bool DropsUnknown => Options.UnknownToken is null && _byteFallback.Contains(-1);

    /// <inheritdoc/>
    public override void Tokenize(ReadOnlySpan<char> piece, List<ModelToken> tokens)
    {
        if (Options.IgnoreMerges)
        {
            int whole = Vocabulary.Find(piece);
            if (whole >= 0)
            {
                tokens.Add(new ModelToken(whole, piece.ToString(), 0, Encoding.UTF8.GetByteCount(piece)));
                return;
            }
        }

        if (!_workspaces.TryTake(out MergeWorkspace? workspace))
        {
            workspace = new MergeWorkspace();
        }

        Merge(piece, workspace);
        int start = 0;
        for (int i = 0; i < workspace.Count; i++)
        {
            int end = start + workspace.Lengths[i];
            tokens.Add(new ModelToken(workspace.Ids[i], Vocabulary.Text(workspace.Ids[i])!, start, end));
            start = end;
        }

        _workspaces.Add(workspace);
    }

    /// <summary>Leaves the merged symbols of one piece in <paramref name="workspace"/>, with their lengths in UTF-8 bytes.</summary>
    public void Merge(ReadOnlySpan<char> piece, MergeWorkspace workspace)
    {
        workspace.Clear();
        bool plain = Options.ContinuingPrefix.Length == 0 && Options.EndOfWordSuffix.Length == 0;
        int pendingLength = 0;
        Span<byte> bytes = stackalloc byte[4];
        for (int index = 0; index < piece.Length;)
        {
            Rune.DecodeFromUtf16(piece[index..], out Rune rune, out int units);
            ReadOnlySpan<char> symbol = piece.Slice(index, units);
            if (!plain)
            {
                string before = index > 0 ? Options.ContinuingPrefix : "";
                string behind = index + units == piece.Length ? Options.EndOfWordSuffix : "";
                symbol = string.Concat(before, symbol, behind);
            }

            index += units;
            int id = Vocabulary.Find(symbol);
            if (id >= 0)
            {
                Flush(workspace, ref pendingLength);
                workspace.Add(id, rune.Utf8SequenceLength);
                continue;
            }

            if (Options.ByteFallback && FallBack(plain ? bytes[..rune.EncodeToUtf8(bytes)] : Encoding.UTF8.GetBytes(symbol.ToString()), workspace))
            {
                // A pending unknown token stays pending and comes out behind these bytes: so does the reference.
                continue;
            }

            if (Options.UnknownToken is null)
            {
                continue;
            }

            if (!Options.FuseUnknown)
            {
                Flush(workspace, ref pendingLength);
            }

            Vocabulary.RequireUnknown(Options.UnknownToken, _file);
            pendingLength += rune.Utf8SequenceLength;
        }

        Flush(workspace, ref pendingLength);
        workspace.Merge(Merges);
    }

    private void Flush(MergeWorkspace workspace, ref int pendingLength)
    {
        if (pendingLength > 0)
        {
            workspace.Add(_unknown, pendingLength);
            pendingLength = 0;
        }
    }

    private bool FallBack(ReadOnlySpan<byte> bytes, MergeWorkspace workspace)
    {
        foreach (byte value in bytes)
        {
            if (_byteFallback[value] < 0)
            {
                return false;
            }
        }

        foreach (byte value in bytes)
        {
            workspace.Add(_byteFallback[value], 1);
        }

        return true;
    }
}

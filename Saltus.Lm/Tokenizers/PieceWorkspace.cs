namespace Saltus.Lm.Tokenizers;

/// <summary>What one thread needs to encode pieces: the cache of those seen before, and room to merge new ones.</summary>
internal sealed class PieceWorkspace
{
    private byte[] _bytes = new byte[256];
    private char[] _units = new char[256];
    private readonly Stack<List<TextMatch>> _matches = [];

    public PieceCache Cache { get; } = new();

    public MergeWorkspace Merge { get; } = new();

    /// <summary>Room for at least <paramref name="count"/> bytes; the next call may give the same.</summary>
    public Span<byte> Bytes(int count)
    {
        if (_bytes.Length < count)
        {
            _bytes = new byte[count * 2];
        }

        return _bytes.AsSpan(0, count);
    }

    /// <summary>Room for at least <paramref name="count"/> UTF-16 units; the next call may give the same.</summary>
    public Span<char> Units(int count)
    {
        if (_units.Length < count)
        {
            _units = new char[count * 2];
        }

        return _units.AsSpan(0, count);
    }

    /// <summary>An empty list of matches, to be given back.</summary>
    public List<TextMatch> RentMatches() => _matches.TryPop(out List<TextMatch>? matches) ? matches : [];

    /// <summary>Takes a list back.</summary>
    public void ReturnMatches(List<TextMatch> matches)
    {
        matches.Clear();
        _matches.Push(matches);
    }
}

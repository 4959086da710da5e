namespace Saltus.Lm.Tokenizers;

/// <summary>Fills a merge table from the texts of the tokens that merge, the first pair with the lowest rank.</summary>
/// <param name="vocabulary">The tokens.</param>
/// <param name="merges">About how many there will be.</param>
/// <param name="prefixLength">Units of the prefix that the right token loses when the two are put together.</param>
internal sealed class MergeBuilder(Vocabulary vocabulary, int merges, int prefixLength = 0)
{
    private char[] _joined = new char[256];

    /// <summary>The table.</summary>
    public MergeTable Table { get; } = new(merges);

    /// <summary>Number of merges so far: the rank of the next one.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a merge.</summary>
    /// <returns>Null, or the text that is no token: one of the two, or both put together.</returns>
    public string? Add(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        int length = left.Length + right.Length - prefixLength;
        if (length > _joined.Length)
        {
            _joined = new char[length * 2];
        }

        left.CopyTo(_joined);
        right[prefixLength..].CopyTo(_joined.AsSpan(left.Length));
        ReadOnlySpan<char> joined = _joined.AsSpan(0, length);
        (int leftId, int rightId, int joinedId) = (vocabulary.Find(left), vocabulary.Find(right), vocabulary.Find(joined));
        if (leftId < 0 || rightId < 0 || joinedId < 0)
        {
            return (leftId < 0 ? left : rightId < 0 ? right : joined).ToString();
        }

        Table.Set(leftId, rightId, Count++, joinedId);
        return null;
    }
}

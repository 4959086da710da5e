namespace Saltus.Lm.Tokenizers;

/// <summary>The tokens of a model: text to id and back.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private readonly string?[] _texts;

    /// <summary>Takes over <paramref name="ids"/>; <paramref name="count"/> is the number of entries that the file has.</summary>
    public Vocabulary(Dictionary<string, int> ids, string?[] texts, int count)
    {
        Ids = ids;
        Count = count;
        _bySpan = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _texts = texts;
    }

    public Dictionary<string, int> Ids { get; }

    /// <summary>Number of tokens.</summary>
    public int Count { get; }

    /// <summary>One above the largest id.</summary>
    public int Limit => _texts.Length;

    /// <summary>The id of a token's text, or −1.</summary>
    public int Find(ReadOnlySpan<char> text) => _bySpan.TryGetValue(text, out int id) ? id : -1;

    /// <summary>The text of an id, or null.</summary>
    public string? Text(int id) => (uint)id < (uint)_texts.Length ? _texts[id] : null;

    /// <summary>The id of the unknown token, which a text needs.</summary>
    /// <exception cref="TokenizerFormatException">The vocabulary lacks it.</exception>
    public int RequireUnknown(string unknown, string file)
    {
        int id = Find(unknown);
        if (id < 0)
        {
            TokenizerFormatException.Throw(
                TokenizerError.MissingUnknownToken,
                $"tokenizer '{file}': model.unk_token: the text has something that only the unknown token can stand for, but '{unknown}' is not in the vocabulary");
        }

        return id;
    }
}

namespace Saltus.Lm.Tokenizers;

/// <summary>An encoding while post-processors work on it.</summary>
internal sealed class EncodingBuilder
{
    public List<int> Ids { get; } = [];

    public List<string> Tokens { get; } = [];

    public List<(int Start, int End)> Offsets { get; } = [];

    public void Add(int id, string token, int start, int end)
    {
        Ids.Add(id);
        Tokens.Add(token);
        Offsets.Add((start, end));
    }

    /// <summary>Puts a special token in front.</summary>
    public void Insert(int index, int id, string token)
    {
        Ids.Insert(index, id);
        Tokens.Insert(index, token);
        Offsets.Insert(index, (0, 0));
    }

    public void AddRange(EncodingBuilder other)
    {
        Ids.AddRange(other.Ids);
        Tokens.AddRange(other.Tokens);
        Offsets.AddRange(other.Offsets);
    }

    public TokenEncoding Done() => new(Ids, Tokens, Offsets);
}

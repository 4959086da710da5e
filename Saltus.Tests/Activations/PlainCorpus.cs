using Saltus.Lm.Activations;
using Saltus.Tests.Support;

namespace Saltus.Tests.Activations;

/// <summary>A few documents of lower-case letters and a tokenizer that takes each letter for a token: a is 3, b 4, …; '!' is the special token 1; BOS is 2.</summary>
internal sealed class PlainCorpus : IDisposable
{
    public const int Bos = 2;
    public const int Context = 5;
    private readonly TemporaryFolder _folder = new();

    public PlainCorpus(params string[] texts)
    {
        File.WriteAllText(_folder["text.jsonl"], string.Concat(texts.Select(text => $"{{\"text\":\"{text}\"}}\n")));
        Texts = texts;
    }

    public static string[] Usual => ["abcdefg", "h", "", "ijk!lmnopqrs", "!!", "tuvwxyz", "abcd"];

    public IReadOnlyList<string> Texts { get; }

    public TokenWindows Windows(long? seed = null) => new(
        new DocumentReader(_folder["text.jsonl"]),
        new WindowCutter(Context, Bos, new HashSet<int> { 1, Bos }),
        (text, ids) => ids.AddRange(text.Select(letter => letter == '!' ? 1 : letter - 'a' + 3)),
        seed);

    public void Dispose() => _folder.Dispose();
}

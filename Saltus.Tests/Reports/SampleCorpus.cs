using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;
using Saltus.Tests.Support;

namespace Saltus.Tests.Reports;

/// <summary>Real prose of the carried corpus, cut into pieces that look like a tokenizer's: enough for a report to look like one.</summary>
internal sealed partial class SampleCorpus
{
    private const int LongestToken = 7;

    private SampleCorpus(List<Document> documents) => Documents = documents;

    public IReadOnlyList<Document> Documents { get; }

    public static SampleCorpus Read(int documents)
    {
        List<Document> read = [];
        using FileStream file = File.OpenRead(Path.Combine(Fixtures.Repository, "corpus", "validation.jsonl.gz"));
        using GZipStream text = new(file, CompressionMode.Decompress);
        using StreamReader reader = new(text);
        Dictionary<string, string> shared = new(StringComparer.Ordinal);
        while (read.Count < documents && reader.ReadLine() is { } line)
        {
            using JsonDocument json = JsonDocument.Parse(line);
            string[] tokens = [.. Pieces(json.RootElement.GetProperty("text").GetString()!).Select(piece => Share(shared, piece))];
            read.Add(new Document(read.Count, json.RootElement.GetProperty("title").GetString()!, json.RootElement.GetProperty("source").GetString()!, tokens));
        }

        return new SampleCorpus(read);
    }

    private static string Share(Dictionary<string, string> shared, string piece)
    {
        if (!shared.TryGetValue(piece, out string? known))
        {
            shared.Add(piece, piece);
            known = piece;
        }

        return known;
    }

    private static IEnumerable<string> Pieces(string text)
    {
        foreach (Match match in Words().Matches(text))
        {
            for (int start = 0; start < match.Length; start += LongestToken)
            {
                yield return match.Value.Substring(start, Math.Min(LongestToken, match.Length - start));
            }
        }
    }

    [GeneratedRegex(@" ?\w+| ?[^\w\s]|\s+", RegexOptions.None, 10_000)]
    private static partial Regex Words();

    internal sealed record Document(int Number, string Title, string Source, string[] Tokens);
}

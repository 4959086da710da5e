using Saltus.Tests.Support;

namespace Saltus.Tests.Tokenizers;

internal static class TokenizerCases
{
    /// <summary>Every folder with a tokenizer and reference cases.</summary>
    public static List<string> Folders() => Fixtures.Cases(
        "tokenizers",
        folder => File.Exists(Path.Combine(folder, "cases.jsonl"))
            && (File.Exists(Path.Combine(folder, "tokenizer.json.gz")) || File.Exists(Path.Combine(folder, "tokenizer.json"))));
}

using Saltus.Lm.Activations;
using Saltus.Lm.Tokenizers;

namespace Saltus.Tests.Support;

/// <summary>The language model and the held-out text that the repository carries.</summary>
internal static class SampleText
{
    /// <summary>The folder of a model by its name.</summary>
    public static string ModelFolder(string name) => Path.Combine(Fixtures.Repository, "models", name);

    /// <summary>The held-out documents.</summary>
    public static string Validation => Path.Combine(Fixtures.Repository, "corpus", "validation.jsonl.gz");

    /// <summary>All windows of the held-out documents.</summary>
    public static List<TokenWindow> Windows(Tokenizer tokenizer, int context)
    {
        WindowCutter cutter = new(context, tokenizer.BosId, tokenizer.SpecialIds);
        List<TokenWindow> windows = [];
        List<int> ids = [];
        foreach (Document document in new DocumentReader(Validation).Read())
        {
            ids.Clear();
            tokenizer.EncodeIds(document.Text, ids, addSpecialTokens: false);
            windows.AddRange(cutter.Cut(document.Index, ids.ToArray()));
        }

        return windows;
    }
}

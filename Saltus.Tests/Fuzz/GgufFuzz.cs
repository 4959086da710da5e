using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Lm.Tokenizers;
using Saltus.Tests.Support;

namespace Saltus.Tests.Fuzz;

/// <summary>Seeds and reading of GGUF files for the fuzzer.</summary>
internal static class GgufFuzz
{
    /// <summary>What a small model takes that does not depend on the file: tables of the tokenizer and of positions, a forward pass.</summary>
    public const long ModelBytes = 16 << 20;

    private static readonly TokenBatch s_batch = new([[1, 2, 3]]);

    /// <summary>Files with tensors, or with keys of every kind.</summary>
    public static IReadOnlyList<byte[]> Files() => [.. Models(), .. FuzzSeeds.Golden("gguf", "metadata.gguf")];

    /// <summary>Models of one block, small enough that headers are most of them.</summary>
    public static IReadOnlyList<byte[]> Models() =>
    [
        SmallGguf.Model().Build(),
        SmallGguf.Model().Add("llama.rope.scaling.type", "yarn").Add("llama.rope.scaling.factor", 2f).Build(version: 2),
    ];

    /// <summary>Runs the file's model and its tokenizer.</summary>
    public static void Run(string path)
    {
        using (WorkTeam team = new(1))
        using (LanguageModel model = LanguageModel.Load(path))
        {
            model.Run(team, s_batch, ModelRun.Empty);
        }

        List<int> ids = [];
        Tokenizer.Load(path).EncodeIds("ab a1\u00E9 <s>\u4E00b", ids);
    }
}

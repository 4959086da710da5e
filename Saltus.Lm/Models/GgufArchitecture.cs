using Saltus.Formats;

namespace Saltus.Lm.Models;

/// <summary>How one architecture of GGUF files says what its family's config.json says, and what its converter changed.</summary>
/// <param name="Name">The value of general.architecture, which also begins its keys.</param>
/// <param name="Family">The family's model_type.</param>
internal sealed record GgufArchitecture(string Name, string Family)
{
    private const string Blocks = "blk.";

    /// <summary>All that are known.</summary>
    public static IReadOnlyList<GgufArchitecture> All { get; } =
    [
        new("llama", "llama") { PermutesHeads = true, HasFrequencyDivisors = true, HasOptionalBias = true, Window = GgufWindow.MakesMistral },
        new("gpt2", "gpt2") { Spelling = GgufSpelling.Gpt2, EpsilonKey = "attention.layer_norm_epsilon" },
        new("gptneox", "gpt_neox") { Spelling = GgufSpelling.GptNeoX, EpsilonKey = "attention.layer_norm_epsilon", HasOptionalBias = true },
        new("gemma", "gemma") { AddsOneToNorms = true },
        new("gemma2", "gemma2") { AddsOneToNorms = true, Window = GgufWindow.Sliding, LargestLayers = 46 },
        new("gemma3", "gemma3_text") { AddsOneToNorms = true, Window = GgufWindow.Sliding, LargestLayers = 62 },
        new("qwen2", "qwen2"),
        new("qwen3", "qwen3") { HasOptionalBias = true },
        new("phi2", "phi") { Spelling = GgufSpelling.Phi, EpsilonKey = "attention.layer_norm_epsilon" },
        new("olmo2", "olmo2") { HasOptionalBias = true },
    ];

    /// <summary>How the family spells its configuration.</summary>
    public GgufSpelling Spelling { get; init; }

    /// <summary>The key of the norms' eps, behind the architecture's name.</summary>
    public string EpsilonKey { get; init; } = "attention.layer_norm_rms_epsilon";

    /// <summary>Whether the rows of queries and keys were re-ordered in each head for turning neighbours instead of halves.</summary>
    public bool PermutesHeads { get; init; }

    /// <summary>Whether rope_freqs.weight may be there: divisors of the frequencies.</summary>
    public bool HasFrequencyDivisors { get; init; }

    /// <summary>Whether 1 was added to the weights of the norms.</summary>
    public bool AddsOneToNorms { get; init; }

    /// <summary>Whether the presence of biases says that there are any; the other families always or never have them.</summary>
    public bool HasOptionalBias { get; init; }

    /// <summary>What a window means.</summary>
    public GgufWindow Window { get; init; }

    /// <summary>The number of blocks of the size of Gemma whose scores are scaled by d/h instead of the head's width: the file does not say so.</summary>
    public int? LargestLayers { get; init; }

    /// <summary>The architecture of a file.</summary>
    /// <exception cref="InputException">The file names none, or one that is not known.</exception>
    public static GgufArchitecture Of(GgufFile file)
    {
        const string Key = "general.architecture";
        string name = file.Metadata.Require(Key, file.Metadata.FindText(Key));
        return All.FirstOrDefault(architecture => architecture.Name == name)
            ?? throw new ModelException(
                ModelError.UnknownFamily, $"'{file.Source}': key '{Key}': expected one of {string.Join(", ", All.Select(known => known.Name))}, found '{name}'");
    }

    /// <summary>Where this architecture keeps the tensors of its family.</summary>
    public TensorNames Names(GgufFile file)
    {
        TensorNames family = ModelFamilies.Get(Family, file.Source).Names;
        return new TensorNames
        {
            Prefixes = [string.Empty],
            Embedding = "token_embd",
            Positions = family.Positions is null ? null : "position_embd",
            FinalNorm = "output_norm",
            Heads = ["output"],
            Blocks = Blocks,
            AttentionNorm = family.AttentionNorm is null ? null : "attn_norm",
            AttentionPostNorm = family.AttentionPostNorm is null ? null : "post_attention_norm",
            MlpNorm = family.MlpNorm is null ? null : "ffn_norm",
            MlpPostNorm = family.MlpPostNorm is null ? null : "post_ffw_norm",

            // Older files of phi2 have its three projections in one.
            QueryKeyValue = family.QueryKeyValue is not null || IsFused(file) ? "attn_qkv" : null,
            Query = "attn_q",
            Key = "attn_k",
            Value = "attn_v",
            AttentionOutput = "attn_output",
            QueryNorm = "attn_q_norm",
            KeyNorm = "attn_k_norm",
            Gate = "ffn_gate",
            Up = "ffn_up",
            Down = "ffn_down",
            IgnoredBeginnings = HasFrequencyDivisors ? [GgufConfiguration.DivisorsName] : [],
        };
    }

    /// <summary>What the converter changed, and what only the tensors say.</summary>
    public ModelConfiguration Adapt(ModelConfiguration configuration, GgufFile file)
    {
        ModelConfiguration adapted = configuration with
        {
            TransposedWeights = false,
            Norm = AddsOneToNorms ? NormKind.Rms : configuration.Norm,
            QueryKeyValue = configuration.QueryKeyValue == QueryKeyValueLayout.FusedByHead || IsFused(file) ? QueryKeyValueLayout.Fused : configuration.QueryKeyValue,
        };
        return !HasOptionalBias ? adapted : adapted with
        {
            QueryKeyValueBias = HasBias("attn_q") || HasBias("attn_qkv"),
            AttentionOutputBias = HasBias("attn_output"),
            MlpBias = HasBias("ffn_up"),
        };

        bool HasBias(string name) => file.Find($"{Blocks}0.{name}.bias") is not null;
    }

    private static bool IsFused(GgufFile file) => file.Find($"{Blocks}0.attn_qkv.weight") is not null;
}

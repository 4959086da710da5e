namespace Saltus.Tests.Models.Twin;

/// <summary>Where a family keeps its tensors, after models.md §3.</summary>
internal sealed record TwinNames
{
    public required string Prefix { get; init; }

    public required string Embedding { get; init; }

    public required string Final { get; init; }

    public string Head { get; init; } = "lm_head";

    public required string Block { get; init; }

    public required (string Role, string Name)[] Norms { get; init; }

    public required (string[] Roles, string Name)[] Linear { get; init; }

    public bool IsTransposed { get; init; }

    public bool IsByHead { get; init; }

    public static TwinNames Of(string family) => family switch
    {
        "gpt2" or "gpt_neo" => Gpt(family == "gpt2"),
        "gpt_neox" => new()
        {
            Prefix = "gpt_neox.",
            Embedding = "embed_in",
            Final = "final_layer_norm",
            Head = "embed_out",
            Block = "layers.",
            Norms = [("norm1", "input_layernorm"), ("norm2", "post_attention_layernorm")],
            Linear =
            [
                (["query", "key", "value"], "attention.query_key_value"), (["output"], "attention.dense"), (["up"], "mlp.dense_h_to_4h"),
                (["down"], "mlp.dense_4h_to_h"),
            ],
            IsByHead = true,
        },
        "phi" => Llama("final_layernorm", "self_attn.dense", "layernorm", [("norm1", "input_layernorm")]) with
        {
            Linear = [.. Separate("self_attn.dense"), (["up"], "mlp.fc1"), (["down"], "mlp.fc2")],
        },
        "olmo2" => Llama("norm", "self_attn.o_proj", "norm", [("postnorm1", "post_attention_layernorm"), ("postnorm2", "post_feedforward_layernorm")]),
        "gemma2" or "gemma3_text" => Llama(
            "norm", "self_attn.o_proj", "norm",
            [
                ("norm1", "input_layernorm"), ("postnorm1", "post_attention_layernorm"), ("norm2", "pre_feedforward_layernorm"),
                ("postnorm2", "post_feedforward_layernorm"),
            ]),
        _ => Llama("norm", "self_attn.o_proj", "norm", [("norm1", "input_layernorm"), ("norm2", "post_attention_layernorm")]),
    };

    private static TwinNames Gpt(bool isGpt2) => new()
    {
        Prefix = "transformer.",
        Embedding = "wte",
        Final = "ln_f",
        Block = "h.",
        Norms = [("norm1", "ln_1"), ("norm2", "ln_2")],
        Linear =
        [
            .. isGpt2
                ? [(["query", "key", "value"], "attn.c_attn"), (["output"], "attn.c_proj")]
                : new (string[], string)[]
                {
                    (["query"], "attn.attention.q_proj"), (["key"], "attn.attention.k_proj"), (["value"], "attn.attention.v_proj"),
                    (["output"], "attn.attention.out_proj"),
                },
            (["up"], "mlp.c_fc"), (["down"], "mlp.c_proj"),
        ],
        IsTransposed = isGpt2,
    };

    private static (string[] Roles, string Name)[] Separate(string output) =>
        [(["query"], "self_attn.q_proj"), (["key"], "self_attn.k_proj"), (["value"], "self_attn.v_proj"), (["output"], output)];

    private static TwinNames Llama(string final, string output, string headNorm, (string Role, string Name)[] norms) => new()
    {
        Prefix = "model.",
        Embedding = "embed_tokens",
        Final = final,
        Block = "layers.",
        Norms = [.. norms, ("querynorm", $"self_attn.q_{headNorm}"), ("keynorm", $"self_attn.k_{headNorm}")],
        Linear = [.. Separate(output), (["gate"], "mlp.gate_proj"), (["up"], "mlp.up_proj"), (["down"], "mlp.down_proj")],
    };
}

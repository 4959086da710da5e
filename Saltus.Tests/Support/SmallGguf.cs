using Saltus.Tensors;

namespace Saltus.Tests.Support;

/// <summary>A Llama of one block with its tokenizer, in a GGUF file of a few kilobytes.</summary>
internal static class SmallGguf
{
    private const int Width = 8;
    private const int Vocabulary = 12;

    /// <summary>Its keys and tensors; more can be added.</summary>
    public static GgufBuilder Model()
    {
        RandomSource random = new(8, "small gguf");
        float[] Random(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble() - 0.5f)];
        string[] tokens = ["<u>", "<s>", "a", "b", "ab", "\u2581", "\u2581a", "\u00E9", "c", "d", "e", "f"];
        int[] types = [2, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
        return new GgufBuilder().Add("general.architecture", "llama").Add("llama.block_count", 1u).Add("llama.embedding_length", (uint)Width)
            .Add("llama.feed_forward_length", 8u).Add("llama.context_length", 64u).Add("llama.attention.head_count", 2u).Add("llama.attention.head_count_kv", 1u)
            .Add("llama.attention.layer_norm_rms_epsilon", 1e-5f).Add("llama.rope.freq_base", 10000f)
            .Add("tokenizer.ggml.model", "llama").Add("tokenizer.ggml.tokens", tokens).Add("tokenizer.ggml.scores", Random(Vocabulary)).Add("tokenizer.ggml.token_type", types)
            .Add("tokenizer.ggml.bos_token_id", 1u).Add("tokenizer.ggml.add_bos_token", true)
            .AddTensor("token_embd.weight", [Width, Vocabulary], Random(Width * Vocabulary)).AddTensor("output_norm.weight", [Width], Random(Width))
            .AddTensor("blk.0.attn_norm.weight", [Width], Random(Width)).AddTensor("blk.0.ffn_norm.weight", [Width], Random(Width))
            .AddTensor("blk.0.attn_q.weight", [Width, 8], Random(Width * 8)).AddTensor("blk.0.attn_k.weight", [Width, 4], Random(Width * 4))
            .AddTensor("blk.0.attn_v.weight", [Width, 4], Random(Width * 4)).AddTensor("blk.0.attn_output.weight", [8, Width], Random(Width * 8))
            .AddTensor("blk.0.ffn_gate.weight", [Width, 8], Random(Width * 8)).AddTensor("blk.0.ffn_up.weight", [Width, 8], Random(Width * 8))
            .AddTensor("blk.0.ffn_down.weight", [8, Width], Random(Width * 8));
    }
}

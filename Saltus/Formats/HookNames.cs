using System.Globalization;

namespace Saltus.Formats;

/// <summary>Names of places in a model as other tools write them, to TransformerLens's: null for what that has no name of.</summary>
internal static class HookNames
{
    /// <summary>A module path of transformers, as sparsify names hook points: the output of a block, of its MLP, or of the embedding.</summary>
    public static string? FromModulePath(string path)
    {
        string[] parts = path.Split('.');
        int at = Array.FindIndex(parts, part => part is "layers" or "h");
        if (parts[^1] is "embed_tokens" or "wte")
        {
            return "blocks.0.hook_resid_pre";
        }

        return at < 0 || at + 1 >= parts.Length || !IsIndex(parts[at + 1]) ? null : string.Join('.', parts.Skip(at + 2)) switch
        {
            "" => $"blocks.{parts[at + 1]}.hook_resid_post",
            "mlp" => $"blocks.{parts[at + 1]}.hook_mlp_out",
            "self_attn" or "attn" => $"blocks.{parts[at + 1]}.hook_attn_out",
            _ => null,
        };
    }

    /// <summary>A hook point of Gemma Scope 2, such as "model.layers.5.output": inputs and outputs of modules, post-norms included.</summary>
    public static string? FromGemmaScope2(string? hook)
    {
        string[] parts = hook?.Split('.') ?? [];
        int at = Array.IndexOf(parts, "layers");
        return at < 0 || at + 1 >= parts.Length || !IsIndex(parts[at + 1]) ? null : string.Join('.', parts.Skip(at + 2)) switch
        {
            "output" => $"blocks.{parts[at + 1]}.hook_resid_post",
            "self_attn.o_proj.input" => $"blocks.{parts[at + 1]}.attn.hook_z",
            "post_attention_layernorm.output" => $"blocks.{parts[at + 1]}.hook_attn_out",
            "post_feedforward_layernorm.output" => $"blocks.{parts[at + 1]}.hook_mlp_out",
            _ => null,
        };
    }

    /// <summary>The number behind "layer_" in a place inside a repository; null without one.</summary>
    public static string? Layer(string folderName)
    {
        const string Word = "layer_";
        int at = folderName.LastIndexOf(Word, StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        string digits = new([.. folderName.Skip(at + Word.Length).TakeWhile(char.IsAsciiDigit)]);
        return digits.Length == 0 ? null : digits;
    }

    private static bool IsIndex(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}

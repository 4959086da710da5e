using Saltus.Lm.Tokenizers;

namespace Saltus.Cli.Info;

/// <summary>Describes a tokenizer.</summary>
internal static class TokenizerContents
{
    /// <summary>Describes a tokenizer.json or a folder with one.</summary>
    public static Contents Read(string path) => Add(new Contents("tokenizer"), Tokenizer.Load(path));

    /// <summary>Appends what a tokenizer is to a description.</summary>
    public static Contents Add(Contents contents, Tokenizer tokenizer) => contents
        .Add("vocabulary", tokenizer.VocabularySize)
        .Add("added_tokens", tokenizer.AddedTokens.Count)
        .Add("bos_id", tokenizer.BosId ?? tokenizer.NamedBosId)
        .Add("adds_bos", tokenizer.BosId is not null)
        .Add("eos_id", tokenizer.EosId)
        .Add("padding_id", tokenizer.PadId);
}

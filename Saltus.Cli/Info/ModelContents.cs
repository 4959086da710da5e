using Saltus.Formats;
using Saltus.Lm.Models;
using Saltus.Lm.Tokenizers;

namespace Saltus.Cli.Info;

/// <summary>Describes a language model's folder.</summary>
internal static class ModelContents
{
    /// <summary>Reads the configuration, looks whether every weight is there, and names the dtypes.</summary>
    public static Contents Read(string path)
    {
        using LanguageModel model = LanguageModel.Load(path);
        using SafetensorsSet weights = SafetensorsSet.Open(path);
        ModelConfiguration configuration = model.Configuration;
        Contents contents = new Contents("language model") { Notes = configuration.Warnings }
            .Add("family", configuration.Family)
            .Add("layers", configuration.Layers)
            .Add("width", configuration.Width)
            .Add("heads", configuration.Heads)
            .Add("key_value_heads", configuration.KeyValueHeads)
            .Add("head_width", configuration.HeadWidth)
            .Add("mlp_width", configuration.MlpWidth)
            .Add("longest_sequence", configuration.MaxPositions)
            .Add("parameters", weights.Tensors.Sum(tensor => tensor.ElementCount))
            .Add("dtypes", string.Join(", ", weights.Tensors.Select(tensor => tensor.Dtype.Name()).Distinct(StringComparer.Ordinal)))
            .Add("files", weights.Files.Count)
            .Add("bytes", weights.Files.Sum(file => file.FileLength));
        return File.Exists(Path.Combine(path, "tokenizer.json")) ? TokenizerContents.Add(contents, Tokenizer.Load(path)) : contents.Add("vocabulary", configuration.VocabularySize);
    }
}

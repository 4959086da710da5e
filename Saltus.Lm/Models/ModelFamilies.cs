using Saltus.Formats;

namespace Saltus.Lm.Models;

/// <summary>All families that are known.</summary>
internal static class ModelFamilies
{
    private static readonly ModelFamily[] s_all =
    [
        new Gpt2Family(), new GptNeoFamily(), new GptNeoXFamily(), new LlamaFamily(), new MistralFamily(), new Qwen2Family(), new Qwen3Family(),
        new GemmaFamily(), new Gemma2Family(), new Gemma3Family(), new PhiFamily(), new Olmo2Family(),
    ];

    /// <summary>The family of a model_type.</summary>
    /// <exception cref="ModelException">There is none.</exception>
    public static ModelFamily Get(string modelType, string source) =>
        s_all.FirstOrDefault(family => family.ModelTypes.Contains(modelType, StringComparer.Ordinal))
        ?? throw new ModelException(
            ModelError.UnknownFamily,
            $"'{source}': model_type: expected one of {string.Join(", ", s_all.SelectMany(family => family.ModelTypes))}, found '{modelType}'");

    /// <summary>Reads a configuration by its family.</summary>
    /// <exception cref="InputException">It cannot be run.</exception>
    public static ModelConfiguration Read(JsonFields fields)
    {
        // A multimodal model keeps its language model's keys in an object of their own.
        ModelConfigurationReader outer = new(fields);
        string modelType = outer.Text("model_type");
        ModelFamily family = Get(modelType, fields.Source);
        JsonFields? inner = family is Gemma3Family ? outer.FindObject("text_config") : null;
        ModelConfigurationReader reader = inner is null ? outer : new ModelConfigurationReader(inner);
        if (inner is not null)
        {
            reader.Text("model_type", modelType);
        }

        ModelConfiguration configuration = family.Read(reader) with { Family = modelType };
        List<string> warnings = [.. outer.Finish()];
        if (inner is not null)
        {
            warnings.AddRange(reader.Finish());
        }

        return configuration with { Warnings = warnings };
    }
}

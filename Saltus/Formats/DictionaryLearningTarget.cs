using System.Text.Json;
using Saltus.Autoencoders;

namespace Saltus.Formats;

/// <summary>
/// dictionary_learning: `ae.pt` and `config.json` of one trainer. Thresholds become a JumpReluAutoEncoder, TopK an AutoEncoderTopK; what was a BatchTopK or
/// a newer ReLU class there stays one.
/// </summary>
internal sealed class DictionaryLearningTarget : SaeTarget
{
    private const string Format = "dictionary_learning";
    private const string WeightsName = "ae.pt";
    private const string ConfigName = "config.json";
    private const string JumpRelu = "JumpReluAutoEncoder";
    private const string Relu = "AutoEncoder";
    private const string ReluNew = "AutoEncoderNew";
    private const string TopK = "AutoEncoderTopK";
    private const string BatchTopK = "BatchTopKSAE";
    private const string Matryoshka = "MatryoshkaBatchTopKSAE";

    /// <summary>A TopK's threshold that was never set.</summary>
    private const float NoThreshold = -1;

    public override string Name => "dictionary-learning";

    public override void Check(SaeWriting writing)
    {
        CheckNoTransform(writing.Sae);
        CheckAutoencoder(writing);
        if (writing.Sae.Activation is not (JumpReluActivation or TopKActivation { Relu: not TopKRelu.None }))
        {
            throw CannotHold($"{Describe(writing.Sae.Activation)}: it has thresholds and TopK");
        }
    }

    public override void Write(string folder, SaeWriting writing)
    {
        JsonFields? source = writing.SourceConfig(Format, ConfigName);
        string className = Class(writing, source?.FindObject("trainer")?.GetString("dict_class", null));
        writing.Notes.Add($"class {className}");
        TorchFileWriter weights = new("ae");
        if (className == JumpRelu)
        {
            AddJumpRelu(weights, writing);
        }
        else if (className is Relu or ReluNew)
        {
            AddRelu(weights, writing);
        }
        else
        {
            AddChoice(weights, writing, className, source!);
        }

        weights.Write(Path.Combine(folder, WeightsName));
        JsonOverlay.WriteFile(Path.Combine(folder, ConfigName), source, writer => WriteConfig(writer, writing.Sae, className, source is null));
    }

    private static string Class(SaeWriting writing, string? before) => writing.Sae.Activation is TopKActivation ? TopK
        : before is Relu or ReluNew && writing.IsRelu && writing.UnfoldedBias.Length == 0 && IsNewer(writing) ? before
        : before is BatchTopK or Matryoshka && writing.UnfoldedBias.Length > 0 && writing.Source(Format, WeightsName) is not null ? before
        : JumpRelu;

    /// <summary>Whether the source is the ReLU class without a bias that is subtracted: both go by the older one's name.</summary>
    private static bool IsNewer(SaeWriting writing)
    {
        using TorchFile? source = writing.Source(Format, WeightsName) is string path ? TorchFile.Open(path) : null;
        return source?.Find("decoder.bias") is not null;
    }

    private static void AddJumpRelu(TorchFileWriter weights, SaeWriting writing)
    {
        SparseAutoencoder sae = writing.Sae;
        if (writing.UnfoldedBias.Length > 0)
        {
            writing.Notes.Add("this class does not subtract b_dec from the input: it is folded into the encoder bias");
        }

        AddFour(weights, writing, sae.EncoderBiases.ToArray());
        weights.Add("threshold", ((JumpReluActivation)sae.Activation).Thresholds, writing.Dtype);
    }

    /// <summary>The classes with k and one threshold; what only training needs comes from the source.</summary>
    private static void AddChoice(TorchFileWriter weights, SaeWriting writing, string className, JsonFields? config)
    {
        SparseAutoencoder sae = writing.Sae;
        string? path = writing.Source(Format, WeightsName);
        using TorchFile? source = path is null ? null : TorchFile.Open(path);
        int k = sae.Activation is TopKActivation top ? top.K : config!.GetObject("trainer").GetPositive("k");
        float threshold = sae.Activation is JumpReluActivation jump ? jump.Thresholds[0] : source?.Find("threshold") is { } stored ? source.ReadFloat32(stored)[0] : NoThreshold;
        TensorDtype thresholdDtype = source?.Find("threshold")?.Dtype ?? TensorDtype.F32;
        float[] bias = writing.BiasOfSubtraction();
        if (className == Matryoshka)
        {
            AddFour(weights, writing, bias);
        }
        else
        {
            weights.Add("b_dec", sae.DecoderBiases.ToArray(), writing.Dtype);
        }

        weights.AddInt32("k", [], new[] { k }).Add("threshold", thresholdDtype, [], (_, values) => values.Fill(threshold));
        if (className == Matryoshka)
        {
            weights.AddInt64("group_sizes", [.. source!.Find("group_sizes")!.Shape], source.ReadInt64("group_sizes"));
            return;
        }

        weights.Add("decoder.weight", writing.Dtype, [sae.OutputWidth, sae.Latents], writing.DecoderColumns);
        AddEncoder(weights, writing, bias);
    }

    private static void AddRelu(TorchFileWriter weights, SaeWriting writing)
    {
        SparseAutoencoder sae = writing.Sae;
        AddEncoder(weights, writing, sae.EncoderBiases.ToArray());
        weights
            .Add("decoder.weight", writing.Dtype, [sae.OutputWidth, sae.Latents], writing.DecoderColumns)
            .Add("decoder.bias", sae.DecoderBiases.ToArray(), writing.Dtype);
    }

    /// <summary>A linear layer's weight [M, d] is a transposed view there: it lies as [d, M].</summary>
    private static void AddEncoder(TorchFileWriter weights, SaeWriting writing, float[] bias) => weights
        .AddTransposed("encoder.weight", writing.Dtype, writing.Sae.InputWidth, writing.Sae.Latents, writing.EncoderColumns)
        .Add("encoder.bias", bias, writing.Dtype);

    private static void AddFour(TorchFileWriter weights, SaeWriting writing, float[] bias) => weights
        .AddTransposed("W_enc", writing.Sae.EncoderWeights, writing.Dtype)
        .Add("b_enc", bias, writing.Dtype)
        .Add("W_dec", writing.Sae.DecoderWeights, writing.Dtype)
        .Add("b_dec", writing.Sae.DecoderBiases.ToArray(), writing.Dtype);

    private static void WriteConfig(Utf8JsonWriter writer, SparseAutoencoder sae, string className, bool isNew)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("trainer");
        writer.WriteString("dict_class", className);
        if (isNew)
        {
            writer.WriteString("trainer_class", className == JumpRelu ? "JumpReluTrainer" : "TopKTrainer");
        }

        writer.WriteNumber("activation_dim", sae.InputWidth);
        writer.WriteNumber("dict_size", sae.Latents);
        if (sae.Activation is TopKActivation top)
        {
            writer.WriteNumber("k", top.K);
        }

        if (isNew)
        {
            WriteMetadata(writer, sae);
        }

        writer.WriteEndObject();
        if (isNew)
        {
            writer.WriteStartObject("buffer");
            writer.WriteNumber("d_submodule", sae.InputWidth);
            writer.WriteString("io", "out");
            if (sae.Metadata.ContextSize is int context)
            {
                writer.WriteNumber("ctx_len", context);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteMetadata(Utf8JsonWriter writer, SparseAutoencoder sae)
    {
        writer.WriteString("device", "cpu");
        writer.WriteString("lm_name", sae.Metadata.ModelName);
        string[] parts = sae.Metadata.HookName?.Split('.') ?? [];
        bool hasLayer = parts.Length > 1 && parts[0] == "blocks" && int.TryParse(parts[1], out int layer) && layer >= 0;
        if (hasLayer)
        {
            writer.WriteNumber("layer", int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
        }
        else
        {
            writer.WriteNull("layer");
        }

        writer.WriteString("submodule_name", hasLayer && parts[^1] == "hook_resid_post" ? $"resid_post_layer_{parts[1]}" : null);
    }
}

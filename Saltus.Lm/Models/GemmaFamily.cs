namespace Saltus.Lm.Models;

/// <summary>Gemma: RMS norms with 1 + w, embeddings × √d, tied head, gated tanh-gelu (which this family's config.json also calls "gelu").</summary>
internal sealed class GemmaFamily : ModelFamily
{
    private const int AbsentMaxPositions = 8192;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ModelTypes => ["gemma"];

    /// <inheritdoc/>
    public override TensorNames Names => LlamaFamily.LlamaNames;

    /// <inheritdoc/>
    public override ModelConfiguration Read(ModelConfigurationReader reader)
    {
        ModelConfiguration common = ReadCommon(reader, absentKeyValueHeads: 16, AbsentMaxPositions).WithRope(reader);

        // Some published files have hidden_activation beside hidden_act; both mean the tanh form here.
        ActivationKind activation = reader.Activation(reader.Has("hidden_activation") ? "hidden_activation" : "hidden_act", "gelu_pytorch_tanh");
        reader.Skip("hidden_act");
        return common with { Activation = activation == ActivationKind.Gelu ? ActivationKind.GeluTanh : activation };
    }

    /// <summary>What the three generations share.</summary>
    internal static ModelConfiguration ReadCommon(ModelConfigurationReader reader, int absentKeyValueHeads, int absentMaxPositions)
    {
        const int AbsentHeadWidth = 256;
        ModelConfiguration common = reader
            .ReadLlamaLike(absentKeyValueHeads, AbsentHeadWidth, absentTied: true, absentMaxPositions: absentMaxPositions)
            .WithAttentionBias(reader);
        return common with { Norm = NormKind.RmsPlusOne, EmbeddingScale = (float)Math.Sqrt(common.Width) };
    }
}

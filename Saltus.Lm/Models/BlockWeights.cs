using Saltus.Kernels;

namespace Saltus.Lm.Models;

/// <summary>The weights of one block; null where the family has none.</summary>
internal sealed record BlockWeights
{
    public Norm? AttentionNorm { get; init; }

    public Norm? AttentionPostNorm { get; init; }

    public Norm? MlpNorm { get; init; }

    public Norm? MlpPostNorm { get; init; }

    /// <summary>Queries, keys and values under one another, [(h + 2g)·hd, d], in the order of the family's layout.</summary>
    public required IWeightRows QueryKeyValue { get; init; }

    public float[]? QueryKeyValueBias { get; init; }

    public Norm? QueryNorm { get; init; }

    public Norm? KeyNorm { get; init; }

    /// <summary>[d, h·hd].</summary>
    public required IWeightRows AttentionOutput { get; init; }

    public float[]? AttentionOutputBias { get; init; }

    /// <summary>[m, d], or gate over up [2m, d].</summary>
    public required IWeightRows MlpInput { get; init; }

    public float[]? MlpInputBias { get; init; }

    /// <summary>[d, m].</summary>
    public required IWeightRows MlpOutput { get; init; }

    public float[]? MlpOutputBias { get; init; }
}

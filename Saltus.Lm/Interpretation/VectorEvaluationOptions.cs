using Saltus.Evaluation;

namespace Saltus.Lm.Interpretation;

/// <summary>Settings of an evaluation on vectors alone.</summary>
public sealed record VectorEvaluationOptions
{
    /// <summary>Gets how many vectors are read; null (the default) for all there are.</summary>
    public long? Vectors { get; init; }

    /// <summary>Gets the vectors that are encoded together; results do not depend on it.</summary>
    public int BatchRows { get; init; } = 4096;

    /// <summary>Gets the settings of the intervals over documents; there are none where vectors came without documents.</summary>
    public BootstrapOptions Bootstrap { get; init; } = new();
}

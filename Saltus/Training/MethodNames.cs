namespace Saltus.Training;

/// <summary>The architectures by the names that the tool and files use.</summary>
public static class MethodNames
{
    /// <summary>Thresholds of their own with straight-through estimators.</summary>
    public const string JumpRelu = "jumprelu";

    /// <summary>Gated, norm-weighted penalty, free decoder norms (RI-L1).</summary>
    public const string Gated = "gated";

    /// <summary>Gated as first published: unit decoder rows, plain penalty, resampling.</summary>
    public const string GatedOriginal = "gated-original";

    /// <summary>The k largest of each vector.</summary>
    public const string TopK = "topk";

    /// <summary>The B·k largest of a batch.</summary>
    public const string BatchTopK = "batchtopk";

    /// <summary>Nested prefixes.</summary>
    public const string Matryoshka = "matryoshka";

    /// <summary>ReLU with L1.</summary>
    public const string Relu = "relu";

    /// <summary>ReLU with a power that falls below 1.</summary>
    public const string PAnnealing = "p-annealing";

    /// <summary>Gets all names.</summary>
    public static IReadOnlyList<string> All { get; } = [JumpRelu, Gated, GatedOriginal, TopK, BatchTopK, Matryoshka, Relu, PAnnealing];

    /// <summary>Gets the names of the methods whose sparsity is a count, not a penalty.</summary>
    public static IReadOnlyList<string> TopKFamily { get; } = [TopK, BatchTopK];

    /// <summary>Whether a run's sparsity comes from a penalty with a coefficient λ.</summary>
    /// <param name="run">Method and base are set.</param>
    /// <returns>True for all but TopK, BatchTopK and Matryoshka on BatchTopK.</returns>
    internal static bool HasPenalty(RunConfiguration run) => !TopKFamily.Contains(run.Method!) && (run.Method != Matryoshka || run.Base == JumpRelu);

    /// <summary>Whether a run's latents have thresholds that are trained.</summary>
    /// <param name="run">Method and base are set.</param>
    /// <returns>True for JumpReLU and what is based on it.</returns>
    internal static bool HasThresholds(RunConfiguration run) => run.Method == JumpRelu || (run.Method == Matryoshka && run.Base == JumpRelu);
}

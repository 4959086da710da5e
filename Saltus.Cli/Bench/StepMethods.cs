using Saltus.Training;

namespace Saltus.Cli.Bench;

/// <summary>The training methods that the benchmark takes the steps of. A new method is a new row.</summary>
internal static class StepMethods
{
    private const string OfSaeLens = "ours with its settings: Adam 0.9/0.999, clipped, free norms";

    /// <summary>SAEBench's nested prefixes, in shares of M.</summary>
    private static readonly double[] s_prefixes = [1 / 32.0, 3 / 32.0, 7 / 32.0, 15 / 32.0, 1];

    /// <summary>Gets our main method: own thresholds, no first moment.</summary>
    public static StepMethod JumpRelu { get; } = new("jumprelu", "thresholds, band of 0.2·θ", (_, cut) => OwnThresholds(cut));

    /// <summary>Gets TopK.</summary>
    public static StepMethod TopK { get; } = new("topk", "k of every token", (l0, _) => new TopKMethod(new TopKOptions { K = l0 }));

    /// <summary>Gets BatchTopK.</summary>
    public static StepMethod BatchTopK { get; } = new("batchtopk", "B·k of the batch", (l0, _) => new BatchTopKMethod(new TopKOptions { K = l0 }));

    /// <summary>Gets all methods as they are trained here.</summary>
    public static IReadOnlyList<StepMethod> All { get; } =
    [
        JumpRelu,
        new("jumprelu, shared cut", "the batch's own cut, as a run begins", SharedCut),
        TopK,
        BatchTopK,
        new("matryoshka", "BatchTopK with five nested prefixes", (l0, _) => new BatchTopKMethod(new TopKOptions { K = l0 }))
        {
            Adjust = (options, latents) => options with { Prefixes = [.. s_prefixes.Select(share => new LatentPrefix((int)(share * latents), 1))] },
        },
        new("gated", "tied gates, penalty weighted by decoder norms", (_, _) => new GatedMethod(new GatedOptions())) { HasFixedThreshold = true },
        new("relu", "L1", (_, _) => new ReluMethod(new ReluOptions())) { HasFixedThreshold = true },
        JumpRelu with { Name = "jumprelu, Adam 0.9", What = "a first moment too: every latent moves in every step", Adjust = (options, _) => options with { Beta1 = 0.9 } },
        JumpRelu with { Name = "jumprelu, clipped", What = "the norm of the whole gradient clipped: two passes", Adjust = (options, _) => options with { ClipNorm = 1 } },
    ];

    /// <summary>Gets JumpReLU with kernels that reach most latents: no threshold is out of reach of the Gaussian, and the rectangle of 2·θ reaches down to 0.</summary>
    public static IReadOnlyList<StepMethod> WideBands { get; } =
    [
        new("jumprelu, gaussian", "Gaussian kernel, bandwidth 0.2·θ", (_, cut) => OwnThresholds(cut, BandKernel.Gaussian, 0.2)),
        new("jumprelu, rectangle of 2·θ", "band from 0 to 2·θ", (_, cut) => OwnThresholds(cut, BandKernel.Rectangle, 2)),
    ];

    /// <summary>Gets TopK whose dead latents learn the residual: as many of them a vector as half the width.</summary>
    public static StepMethod TopKWithAuxK { get; } = TopK with
    {
        Name = "topk with AuxK",
        What = "k_aux = d / 2, latents silent on one batch count as dead",
        Adjust = (options, _) => options with { Auxiliary = new AuxiliaryOptions { Coefficient = 1 / 32.0 }, DeadAfter = 1 },
    };

    /// <summary>Gets TopK with sparsify's settings: Adam with a first moment, unit norms, the unexplained share of variance.</summary>
    public static StepMethod TopKOfSparsify { get; } = TopK with
    {
        Name = "topk as sparsify",
        What = "ours with its settings: Adam 0.9/0.999, unit norms",
        Adjust = (options, _) => options with { Beta1 = 0.9, Reconstruction = ReconstructionScale.Fvu },
    };

    /// <summary>Gets TopK with SAELens's settings.</summary>
    public static StepMethod TopKOfSaeLens { get; } = new(
        "topk as SAELens", OfSaeLens, (l0, _) => new TopKMethod(new TopKOptions { K = l0, RanksByDecoderNorm = true }))
    {
        Adjust = SaeLens,
    };

    /// <summary>Gets BatchTopK with SAELens's settings.</summary>
    public static StepMethod BatchTopKOfSaeLens { get; } = new(
        "batchtopk as SAELens", OfSaeLens, (l0, _) => new BatchTopKMethod(new TopKOptions { K = l0, RanksByDecoderNorm = true }))
    {
        Adjust = SaeLens,
    };

    /// <summary>Gets JumpReLU with SAELens's settings.</summary>
    public static StepMethod JumpReluOfSaeLens { get; } = new(
        "jumprelu as SAELens", OfSaeLens, (_, cut) => new JumpReluMethod(new JumpReluOptions { LogThreshold = false, InitialThreshold = cut, Bandwidth = 0.05, Lambda = 1 }))
    {
        Adjust = SaeLens,
    };

    private static TrainerOptions SaeLens(TrainerOptions options, int latents) =>
        options with { Beta1 = 0.9, ClipNorm = 1, UnitNormDecoder = false, ProjectDecoderGradient = false, DeadRule = DeadRule.Steps, DeadAfter = 1000 };

    private static JumpReluMethod OwnThresholds(float cut, BandKernel kernel = BandKernel.Rectangle, double bandwidth = 0.2) =>
        new(new JumpReluOptions { LogThreshold = false, InitialThreshold = cut, Kernel = kernel, RelativeBandwidth = bandwidth });

    private static JumpReluMethod SharedCut(double l0, float cut) =>
        new(new JumpReluOptions { LogThreshold = false, InitialThreshold = cut, TargetL0 = l0, SharedCutSteps = int.MaxValue });
}

namespace Saltus.Tests.Training.Twin;

/// <summary>
/// Every option of the reference script under the script's words and defaults. Values that are words there are words here, so that a reader can hold the two
/// side by side; <see cref="Validate"/> refuses a word or a combination that the script does not define.
/// </summary>
internal sealed partial record TwinOptions
{
    public string Arch { get; init; } = "jumprelu";

    public int DIn { get; init; } = 16;

    /// <summary>Output dimensions; absent: as the input.</summary>
    public int? DOut { get; init; }

    public int Latents { get; init; } = 48;

    public int Batch { get; init; } = 32;

    /// <summary>Number of different batches; step s uses batch (s − 1) mod pool.</summary>
    public int Pool { get; init; } = 24;

    public int Steps { get; init; } = 200;

    public bool PreBias { get; init; } = true;

    public string Threshold { get; init; } = "log";

    public double ThresholdInit { get; init; } = 0.1;

    public double Bandwidth { get; init; } = 0.1;

    public string Kernel { get; init; } = "rectangle";

    public bool ReluPre { get; init; }

    /// <summary>Whether the pseudo-derivatives go to the pre-activations too, with the opposite sign.</summary>
    public bool SteToInput { get; init; }

    /// <summary>False: the threshold's gradient is handed to its logarithm without the factor θ.</summary>
    public bool LogChain { get; init; } = true;

    /// <summary>What the L0 term's step sees: "pre" the pre-activation, "post" the latent.</summary>
    public string StepOn { get; init; } = "pre";

    public string Sparsity { get; init; } = "l0";

    public double Coefficient { get; init; } = 0.02;

    public int CoefficientWarmup { get; init; }

    public double Target { get; init; } = 4;

    public double Omega { get; init; } = 0.1;

    public double TanhScale { get; init; } = 4;

    public double PreAct { get; init; }

    public bool PreActDead { get; init; }

    public string Recon { get; init; } = "sum";

    /// <summary>Widths of the nested prefixes; null: one level of all latents.</summary>
    public IReadOnlyList<int>? Widths { get; init; }

    public IReadOnlyList<double>? Weights { get; init; }

    /// <summary>Latents kept: per row, or on average per row of a batch (there a fraction is allowed).</summary>
    public double K { get; init; } = 5;

    public bool Rescale { get; init; }

    public double Aux { get; init; }

    public int? KAux { get; init; }

    public bool AuxRelu { get; init; } = true;

    public string AuxNorm { get; init; } = "none";

    public bool AuxScale { get; init; }

    public bool AuxDetach { get; init; } = true;

    public bool AuxGradEncoder { get; init; } = true;

    public bool AuxFrozen { get; init; } = true;

    public int DeadAfter { get; init; } = 96;

    public string DeadRule { get; init; } = "tokens";

    public double Ema { get; init; }

    public int EmaStart { get; init; }

    public double EmaInit { get; init; }

    public string EmaStat { get; init; } = "batch_min";

    public bool Skip { get; init; }

    public double Lr { get; init; } = 1e-3;

    /// <summary>"cosine", "linear", or null for none.</summary>
    public string? LrWarmup { get; init; }

    public int LrWarmupSteps { get; init; }

    public double Beta1 { get; init; }

    public double Beta2 { get; init; } = 0.999;

    public double Eps { get; init; } = 1e-8;

    public double Clip { get; init; }

    public bool Project { get; init; } = true;

    public bool UnitNorm { get; init; } = true;

    public bool ClampThreshold { get; init; }

    /// <summary>Output dimensions, whether or not they were given.</summary>
    public int Outputs => DOut ?? DIn;

    /// <summary>Latents that the auxiliary term picks from the dead ones.</summary>
    public int AuxiliaryLatents => KAux ?? Outputs / 2;

    public bool IsTopK => Arch is "topk" or "batchtopk";
}

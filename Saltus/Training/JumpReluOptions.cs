namespace Saltus.Training;

/// <summary>The knobs of JumpReLU. Defaults are the paper's (arXiv 2407.14435).</summary>
public sealed record JumpReluOptions
{
    /// <summary>Gets whether log θ is the parameter (the paper) rather than θ itself, which is kept at or above 0.</summary>
    public bool LogThreshold { get; init; } = true;

    /// <summary>Gets whether a raw θ below 0 is set to 0 after each step.</summary>
    public bool ClampThreshold { get; init; } = true;

    /// <summary>Gets the threshold of every latent at the start.</summary>
    public double InitialThreshold { get; init; } = 0.001;

    /// <summary>Gets the bandwidth ε of the estimators, in units of the scaled data.</summary>
    public double Bandwidth { get; init; } = 0.001;

    /// <summary>Gets the bandwidth as a share of each latent's threshold; null for the absolute <see cref="Bandwidth"/>.</summary>
    public double? RelativeBandwidth { get; init; }

    /// <summary>Gets the kernel of the estimators.</summary>
    public BandKernel Kernel { get; init; } = BandKernel.Rectangle;

    /// <summary>Gets whether negative pre-activations are set to 0 before the threshold (pseudo-code of the paper).</summary>
    public bool ReluPreActivation { get; init; }

    /// <summary>Gets whether the pre-activation receives the threshold's pseudo-gradients with the opposite sign (Anthropic).</summary>
    public bool EstimatorToInput { get; init; }

    /// <summary>Gets whether the L0 penalties' step sees the activation rather than the pre-activation (dictionary_learning, the BatchTopK repository).</summary>
    public bool StepSeesActivation { get; init; }

    /// <summary>Gets whether the gradient of log θ has the factor θ, as it must; the BatchTopK repository leaves it out.</summary>
    public bool LogThresholdChain { get; init; } = true;

    /// <summary>Gets the sparsity penalty.</summary>
    public SparsityPenalty Penalty { get; init; } = SparsityPenalty.L0;

    /// <summary>Gets λ, after its warm-up.</summary>
    public double Lambda { get; init; } = 6e-4;

    /// <summary>Gets the steps over which λ rises from 0 along a line; 0 for none.</summary>
    public int LambdaWarmupSteps { get; init; }

    /// <summary>Gets the target L0* of the penalties that have one, of the controller and of the shared cut; 0 for none.</summary>
    public double TargetL0 { get; init; }

    /// <summary>Gets whether λ of the plain L0 penalty is steered so that the batch meets <see cref="TargetL0"/>.</summary>
    public bool SteerLambda { get; init; }

    /// <summary>Gets the steps at the start in which the batch's B·L0* largest pre-activations are active, whatever the thresholds; each latent's own threshold then starts at that cut.</summary>
    public int SharedCutSteps { get; init; }

    /// <summary>Gets the share of L0* with which the shared cut begins; it grows to 1 by a constant factor a step.</summary>
    public double SharedCutStart { get; init; } = 1;

    /// <summary>Gets ω of the frequency penalty.</summary>
    public double FrequencyScale { get; init; } = 0.1;

    /// <summary>Gets c of the tanh penalty.</summary>
    public double TanhScale { get; init; } = 4;

    /// <summary>Gets the coefficient of Σ relu(θ − π)·‖d‖; 0 for none.</summary>
    public double PreActivationCoefficient { get; init; }

    /// <summary>Gets whether that loss is taken over dead latents only (SAELens) rather than all (Anthropic).</summary>
    public bool PreActivationDeadOnly { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="InputException">A knob is outside its range; the message names it.</exception>
    public void Validate()
    {
        TrainerOptions.Check(InitialThreshold > 0, "initial threshold", InitialThreshold, "a positive number");
        TrainerOptions.Check(Bandwidth > 0, "bandwidth", Bandwidth, "a positive number");
        TrainerOptions.Check(RelativeBandwidth is null or (> 0 and <= 2), "relative bandwidth", RelativeBandwidth, "a number in (0, 2]");
        TrainerOptions.Check(SharedCutStart is > 0 and <= 1, "start of the shared cut", SharedCutStart, "a number in (0, 1]");
        TrainerOptions.Check(Lambda >= 0, "lambda", Lambda, "0 or a positive number");
        bool needsTarget = SteerLambda || SharedCutSteps > 0 || Penalty is SparsityPenalty.TargetL0 or SparsityPenalty.QuadraticL0;
        TrainerOptions.Check(!needsTarget || TargetL0 > 0, "target L0", TargetL0, "a positive number");
        TrainerOptions.Check(!SteerLambda || Penalty == SparsityPenalty.L0, "steered lambda", Penalty, "the plain L0 penalty");
    }
}

using Saltus.Autoencoders;

namespace Saltus.Training;

/// <summary>The knobs of the training step that every method shares. Defaults are Gemma Scope's (arXiv 2408.05147).</summary>
public sealed record TrainerOptions
{
    /// <summary>Gets the learning rate of weights and biases.</summary>
    public double LearningRate { get; init; } = 7e-5;

    /// <summary>Gets the learning rate of the thresholds; null for <see cref="LearningRate"/>.</summary>
    public double? ThresholdLearningRate { get; init; }

    /// <summary>Gets how both learning rates change over the run.</summary>
    public LearningRateSchedule Schedule { get; init; } = new(WarmupShape.Cosine, 1000);

    /// <summary>Gets Adam's decay of the first moment; 0 keeps none, and a latent that a batch does not touch then costs nothing.</summary>
    public double Beta1 { get; init; }

    /// <summary>Gets the decay of the thresholds' first moment; null for <see cref="Beta1"/>.</summary>
    public double? ThresholdBeta1 { get; init; }

    /// <summary>Gets Adam's decay of the second moment.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Gets what Adam adds to the root of the second moment.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Gets the largest norm of the whole gradient; 0 for no limit.</summary>
    public double ClipNorm { get; init; }

    /// <summary>Gets whether the part of a decoder row's gradient along the row is removed before Adam.</summary>
    public bool ProjectDecoderGradient { get; init; } = true;

    /// <summary>Gets whether decoder rows are brought back to norm 1 after each step.</summary>
    public bool UnitNormDecoder { get; init; } = true;

    /// <summary>Gets whether they are brought back before Adam moves them instead, so that a forward pass sees them as Adam left them (OpenAI, the BatchTopK repository).</summary>
    public bool NormalizesBeforeStep { get; init; }

    /// <summary>Gets whether encoder biases are trained; they stay at 0 in the BatchTopK repository.</summary>
    public bool TrainsEncoderBias { get; init; } = true;

    /// <summary>Gets what is done to each vector, after the division by <see cref="Scale"/>; undone on outputs by the SAE that is saved.</summary>
    public InputTransform Transform { get; init; }

    /// <summary>Gets whether b_dec is subtracted from the encoder's input; folded into the encoder bias when saved.</summary>
    public bool PreEncoderBias { get; init; } = true;

    /// <summary>Gets in what silence is counted.</summary>
    public DeadRule DeadRule { get; init; } = DeadRule.Tokens;

    /// <summary>Gets after how much silence a latent counts as dead, in tokens or steps.</summary>
    public long DeadAfter { get; init; } = 1_000_000;

    /// <summary>Gets the loss by which dead latents learn the residual (arXiv 2406.04093).</summary>
    public AuxiliaryOptions Auxiliary { get; init; } = new();

    /// <summary>Gets how silent latents start anew; null for not at all.</summary>
    public ResamplingOptions? Resampling { get; init; }

    /// <summary>Gets what the squared error is divided by.</summary>
    public ReconstructionScale Reconstruction { get; init; } = ReconstructionScale.Sum;

    /// <summary>Gets the levels of a Matryoshka loss, ascending, the last with all latents; empty for all latents alone.</summary>
    public IReadOnlyList<LatentPrefix> Prefixes { get; init; } = [];

    /// <summary>Gets the factor C that vectors are divided by, so that E‖x‖² = 1 (method of the paper); folded back when saved.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Gets the factor that a transcoder's targets are divided by; null for <see cref="Scale"/>.</summary>
    public double? TargetScale { get; init; }

    /// <summary>Gets E‖x − E x‖² of the scaled data, by which the FVU of a step is computed; null leaves it out.</summary>
    public double? Variance { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="InputException">A knob is outside its range; the message names it.</exception>
    public void Validate()
    {
        Check(LearningRate > 0 && double.IsFinite(LearningRate), "learning rate", LearningRate, "a positive number");
        Check(ThresholdLearningRate is null or > 0, "threshold learning rate", ThresholdLearningRate, "a positive number");
        Check(Beta1 is >= 0 and < 1, "beta1", Beta1, "0 ≤ beta1 < 1");
        Check(Beta2 is > 0 and < 1, "beta2", Beta2, "0 < beta2 < 1");
        Check(Epsilon > 0, "epsilon", Epsilon, "a positive number");
        Check(ClipNorm >= 0, "clip norm", ClipNorm, "0 or a positive number");
        Check(Scale > 0 && double.IsFinite(Scale), "scale", Scale, "a positive number");
        Check(DeadAfter > 0, "dead after", DeadAfter, "a positive number");
        Check(TargetScale is null or > 0, "target scale", TargetScale, "a positive number");
        for (int level = 0; level < Prefixes.Count; level++)
        {
            int least = level == 0 ? 1 : Prefixes[level - 1].Latents + 1;
            Check(Prefixes[level].Latents >= least, "prefix", Prefixes[level].Latents, $"at least {least} latents: prefixes ascend");
        }

        Check(Reconstruction != ReconstructionScale.StartVariance || Variance > 0, "variance", Variance, "a positive number: the error is divided by it");
        Auxiliary.Validate();
        Resampling?.Validate();
    }

    internal static void Check(bool holds, string name, object? value, string expected)
    {
        if (!holds)
        {
            throw new InputException($"training option {name}: expected {expected}, got {value}");
        }
    }
}

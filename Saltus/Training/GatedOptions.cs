namespace Saltus.Training;

/// <summary>The knobs of Gated SAEs (arXiv 2404.16014). Defaults are those of the variant with the norm-weighted penalty (RI-L1).</summary>
public sealed record GatedOptions
{
    /// <summary>Gets the penalty on the rectified gates.</summary>
    public L1Penalty Penalty { get; init; } = L1Penalty.DecoderNorm;

    /// <summary>Gets λ, after its warm-up.</summary>
    public double Lambda { get; init; } = 0.1;

    /// <summary>Gets the steps over which λ rises from 0 along a line; 0 for none.</summary>
    public int LambdaWarmupSteps { get; init; }

    /// <summary>Gets the target mean number of active latents, to which λ is steered; 0 leaves λ as it is.</summary>
    public double TargetL0 { get; init; }

    /// <summary>Gets whether the decoder is held fast in the reconstruction from the gates (the paper) or learns from it too (SAELens).</summary>
    public bool FreezesDecoder { get; init; } = true;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="InputException">A knob is outside its range; the message names it.</exception>
    public void Validate()
    {
        TrainerOptions.Check(Lambda >= 0 && double.IsFinite(Lambda), "lambda", Lambda, "0 or a positive number");
        TrainerOptions.Check(TargetL0 >= 0, "target L0", TargetL0, "0 or a positive number");
    }
}

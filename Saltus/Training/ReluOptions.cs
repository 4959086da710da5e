namespace Saltus.Training;

/// <summary>The knobs of ReLU SAEs.</summary>
public sealed record ReluOptions
{
    /// <summary>Gets the penalty.</summary>
    public L1Penalty Penalty { get; init; } = L1Penalty.Plain;

    /// <summary>Gets λ, after its warm-up.</summary>
    public double Lambda { get; init; } = 0.1;

    /// <summary>Gets the steps over which λ rises from 0 along a line; 0 for none.</summary>
    public int LambdaWarmupSteps { get; init; }

    /// <summary>Gets the target mean number of active latents, to which λ is steered; 0 leaves λ as it is.</summary>
    public double TargetL0 { get; init; }

    /// <summary>Gets how the exponent of the penalty falls (p-annealing, arXiv 2408.00113); null keeps it at 1.</summary>
    public PowerAnnealing? Annealing { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="InputException">A knob is outside its range; the message names it.</exception>
    public void Validate()
    {
        TrainerOptions.Check(Lambda >= 0 && double.IsFinite(Lambda), "lambda", Lambda, "0 or a positive number");
        TrainerOptions.Check(TargetL0 >= 0, "target L0", TargetL0, "0 or a positive number");
        TrainerOptions.Check(Annealing is null || Penalty == L1Penalty.Plain, "p-annealing", Penalty, "the plain penalty");
        Annealing?.Validate();
    }
}

namespace Saltus.Training;

/// <summary>How the threshold that a top-k choice amounts to is estimated during training, for inference without a batch.</summary>
public sealed record ThresholdEstimate
{
    /// <summary>Gets the weight of a new value in the running average.</summary>
    public double Weight { get; init; } = 0.02;

    /// <summary>Gets the first step whose value is taken.</summary>
    public int FirstStep { get; init; }

    /// <summary>Gets the start of an average without correction; negative: the first value is taken as it is. Null: from 0 with Adam's correction for the start.</summary>
    public double? Start { get; init; }

    /// <summary>Gets whether a step's value is the mean over rows of the smallest kept activation rather than the batch's smallest.</summary>
    public bool TakesRowMean { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="InputException">A knob is outside its range; the message names it.</exception>
    public void Validate()
    {
        TrainerOptions.Check(Weight is >= 0 and <= 1, "threshold estimate weight", Weight, "0 ≤ weight ≤ 1");
        TrainerOptions.Check(FirstStep >= 0, "threshold estimate first step", FirstStep, "0 or more");
    }
}

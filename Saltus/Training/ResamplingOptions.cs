namespace Saltus.Training;

/// <summary>
/// Neuron resampling (Gated SAE's paper, as dictionary_learning codes it): from time to time latents that were silent start anew in the direction of
/// an input that is reconstructed badly, and the learning rate comes back slowly.
/// </summary>
public sealed record ResamplingOptions
{
    /// <summary>Gets the steps between two resamplings; latents silent for at least half of them start anew.</summary>
    public int Interval { get; init; } = 25_000;

    /// <summary>Gets the norm of a new encoder row as a share of the mean norm of living ones.</summary>
    public double EncoderShare { get; init; } = 0.2;

    /// <summary>Gets the factor on the learning rate right after.</summary>
    public double RateFactor { get; init; } = 0.1;

    /// <summary>Gets the steps over which the learning rate comes back, along a cosine.</summary>
    public int RecoverySteps { get; init; } = 1000;

    /// <summary>Gets the seed of the choice of inputs.</summary>
    public long Seed { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="InputException">A knob is outside its range; the message names it.</exception>
    public void Validate()
    {
        TrainerOptions.Check(Interval >= 2, "resampling interval", Interval, "at least 2 steps");
        TrainerOptions.Check(EncoderShare > 0, "resampling encoder share", EncoderShare, "a positive number");
        TrainerOptions.Check(RateFactor is > 0 and <= 1, "resampling rate factor", RateFactor, "0 < factor ≤ 1");
        TrainerOptions.Check(RecoverySteps >= 0, "resampling recovery steps", RecoverySteps, "0 or more");
    }
}

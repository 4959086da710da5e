namespace Saltus.Training;

/// <summary>The knobs of TopK and BatchTopK.</summary>
public sealed record TopKOptions
{
    /// <summary>Gets how many latents are kept: on each vector by TopK (a whole number), on average over the batch by BatchTopK.</summary>
    public double K { get; init; } = 32;

    /// <summary>Gets whether latents are ranked by π·‖d‖ rather than π (SAELens); what is decoded is the same.</summary>
    public bool RanksByDecoderNorm { get; init; }

    /// <summary>Gets how the threshold for inference is estimated; TopK keeps it for the log alone.</summary>
    public ThresholdEstimate Threshold { get; init; } = new();

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="InputException">A knob is outside its range; the message names it.</exception>
    public void Validate()
    {
        TrainerOptions.Check(K > 0 && double.IsFinite(K), "k", K, "a positive number");
        Threshold.Validate();
    }
}

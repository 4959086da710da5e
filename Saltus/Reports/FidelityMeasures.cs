namespace Saltus.Reports;

/// <summary>
/// How faithful an SAE is on held-out documents: the fields of <c>eval.json</c>, each with an interval where one was computed.
/// Null measures are left out of the table.
/// </summary>
public sealed record FidelityMeasures
{
    /// <summary>Gets the text that was evaluated on.</summary>
    public string Text { get; init; } = string.Empty;

    /// <summary>Gets the number of evaluated activation vectors.</summary>
    public required long Tokens { get; init; }

    /// <summary>Gets the number of documents.</summary>
    public required long Documents { get; init; }

    /// <summary>Gets how the intervals were made, such as "95 %, bootstrap over documents, 1,000 resamples".</summary>
    public string IntervalNote { get; init; } = string.Empty;

    /// <summary>Gets the mean number of active latents a token.</summary>
    public Measurement? L0 { get; init; }

    /// <summary>Gets the fraction of variance unexplained, about the data's mean.</summary>
    public Measurement? Fvu { get; init; }

    /// <summary>Gets 1 − FVU.</summary>
    public Measurement? ExplainedVariance { get; init; }

    /// <summary>Gets the mean squared error, summed over the vector, averaged over tokens.</summary>
    public Measurement? Mse { get; init; }

    /// <summary>Gets the mean cosine of input and reconstruction.</summary>
    public Measurement? Cosine { get; init; }

    /// <summary>Gets the relative reconstruction bias; 1 is unbiased.</summary>
    public Measurement? RelativeReconstructionBias { get; init; }

    /// <summary>Gets the number of latents silent on the whole evaluation set.</summary>
    public int? Dead { get; init; }

    /// <summary>Gets the number of latents active on more than 1 % of tokens.</summary>
    public int? Above1Percent { get; init; }

    /// <summary>Gets the number of latents active on more than 10 % of tokens.</summary>
    public int? Above10Percent { get; init; }

    /// <summary>Gets the language model's losses, in nats a token, or null where there was no model.</summary>
    public LossMeasures? Loss { get; init; }

    /// <summary>Gets the spliced loss minus the clean loss, in nats a token.</summary>
    public Measurement? DeltaLoss { get; init; }

    /// <summary>Gets (zero − spliced) / (zero − clean).</summary>
    public Measurement? LossRecovered { get; init; }

    /// <summary>Gets the mean KL divergence of the spliced from the clean next-token distribution, in nats.</summary>
    public Measurement? Kl { get; init; }

    /// <summary>Gets the uniformity r of the active latents' importance.</summary>
    public Measurement? Uniformity { get; init; }
}

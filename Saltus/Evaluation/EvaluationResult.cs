using Saltus.Reports;

namespace Saltus.Evaluation;

/// <summary>
/// What an evaluation found: the content of <c>eval.json</c>. Losses are null where there was no language model (own vectors).
/// </summary>
public sealed record EvaluationResult
{
    /// <summary>Gets the number of evaluated vectors.</summary>
    public required long Tokens { get; init; }

    /// <summary>Gets the number of documents; 0 where vectors came without them.</summary>
    public required long Documents { get; init; }

    /// <summary>Gets the mean number of active latents a token.</summary>
    public required double L0 { get; init; }

    /// <summary>Gets the fraction of variance unexplained, about the data's mean.</summary>
    public required double Fvu { get; init; }

    /// <summary>Gets 1 − FVU.</summary>
    public double ExplainedVariance => 1 - Fvu;

    /// <summary>Gets the mean of ‖x − x̂‖², summed over dimensions.</summary>
    public required double MeanSquaredError { get; init; }

    /// <summary>Gets the mean cosine of x and x̂.</summary>
    public required double Cosine { get; init; }

    /// <summary>Gets Σ‖x̂‖² / Σ x̂·x.</summary>
    public required double RelativeReconstructionBias { get; init; }

    /// <summary>Gets the number of latents silent on the whole set.</summary>
    public required int Dead { get; init; }

    /// <summary>Gets the number of latents active on more than 1 % of tokens.</summary>
    public required int Above1Percent { get; init; }

    /// <summary>Gets the number of latents active on more than 10 % of tokens.</summary>
    public required int Above10Percent { get; init; }

    /// <summary>Gets the number of latents by log10 of their frequency; silent ones are in no bin.</summary>
    public required IReadOnlyList<HistogramBin> FrequencyHistogram { get; init; }

    /// <summary>Gets the mean losses in nats a predicted token; null without a language model.</summary>
    public LossMeasures? Loss { get; init; }

    /// <summary>Gets the spliced loss minus the clean loss; null without a language model.</summary>
    public double? DeltaLoss => Loss is null ? null : Loss.Spliced - Loss.Clean;

    /// <summary>Gets (zero − spliced) / (zero − clean); null without a language model.</summary>
    public double? LossRecovered => Loss is null ? null : (Loss.Zero - Loss.Spliced) / (Loss.Zero - Loss.Clean);

    /// <summary>Gets the mean KL divergence of the spliced from the clean next-token distribution, in nats; null without a language model.</summary>
    public double? Kl { get; init; }

    /// <summary>Gets the mean uniformity r of the active latents' importance; null where it was not measured (it needs a language model).</summary>
    public double? Uniformity { get; init; }

    /// <summary>Gets the intervals. The file keeps that of the delta loss alone.</summary>
    public EvaluationIntervals Intervals { get; init; } = new();

    /// <summary>Gets what was evaluated on what.</summary>
    public EvaluationSettings Settings { get; init; } = new();

    /// <summary>Takes over what an accumulator found on vectors.</summary>
    /// <param name="accumulator">All vectors of the evaluation.</param>
    /// <param name="documents">Number of documents they are from; 0 if unknown.</param>
    /// <returns>A result without losses.</returns>
    /// <exception cref="InputException">There are no vectors.</exception>
    public static EvaluationResult From(ReconstructionAccumulator accumulator, long documents)
    {
        if (accumulator.Count == 0)
        {
            throw new InputException("evaluation: expected at least one activation vector, found none; the text is empty or too short");
        }

        ReconstructionMetrics metrics = accumulator.Result();
        return new EvaluationResult
        {
            Tokens = metrics.Tokens,
            Documents = documents,
            L0 = metrics.L0,
            Fvu = metrics.Fvu,
            MeanSquaredError = metrics.MeanSquaredError,
            Cosine = metrics.Cosine,
            RelativeReconstructionBias = metrics.RelativeReconstructionBias,
            Dead = accumulator.Latents.Dead,
            Above1Percent = accumulator.Latents.Above(0.01),
            Above10Percent = accumulator.Latents.Above(0.1),
            FrequencyHistogram = accumulator.Latents.FrequencyHistogram(),
        };
    }

    /// <summary>Gets the same figures as a report shows them.</summary>
    /// <returns>The measures with their intervals.</returns>
    public FidelityMeasures ToFidelityMeasures() => new()
    {
        Text = Settings.Text ?? string.Empty,
        Tokens = Tokens,
        Documents = Documents,
        IntervalNote = Settings.BootstrapResamples is int resamples
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"95 %, BCa bootstrap over documents, {resamples:N0} resamples")
            : string.Empty,
        L0 = new Measurement(L0, Intervals.L0),
        Fvu = new Measurement(Fvu, Intervals.Fvu),
        ExplainedVariance = new Measurement(ExplainedVariance, Intervals.Fvu is { } fvu ? new ConfidenceInterval(1 - fvu.High, 1 - fvu.Low) : null),
        Mse = new Measurement(MeanSquaredError, Intervals.MeanSquaredError),
        Cosine = new Measurement(Cosine, Intervals.Cosine),
        RelativeReconstructionBias = new Measurement(RelativeReconstructionBias, Intervals.RelativeReconstructionBias),
        Dead = Dead,
        Above1Percent = Above1Percent,
        Above10Percent = Above10Percent,
        Loss = Loss,
        DeltaLoss = DeltaLoss is double delta ? new Measurement(delta, Intervals.DeltaLoss) : null,
        LossRecovered = LossRecovered is double recovered ? new Measurement(recovered, Intervals.LossRecovered) : null,
        Kl = Kl is double kl ? new Measurement(kl, Intervals.Kl) : null,
        Uniformity = Uniformity is double uniformity ? new Measurement(uniformity) : null,
    };
}

using System.Text.Json;

namespace Saltus.Training;

/// <summary>A logged step: a line of <c>metrics.jsonl</c>. Thresholds are in units of data with E‖x‖² = 1.</summary>
/// <param name="Step">What the step did.</param>
/// <param name="Quantiles">θ at 5, 25, 50, 75 and 95 %; empty for methods without thresholds.</param>
/// <param name="ThresholdsMoved">Share of latents whose threshold is more than 1 % away from its start.</param>
public sealed record RunPoint(TrainingStep Step, IReadOnlyList<float> Quantiles, double ThresholdsMoved)
{
    /// <summary>Gets the levels of <see cref="Quantiles"/>.</summary>
    public static IReadOnlyList<double> Levels { get; } = [0.05, 0.25, 0.5, 0.75, 0.95];

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("step", Step.Step);
        writer.WriteNumber("tokens", Step.Tokens);
        writer.WriteNumber("loss", Step.Loss);
        writer.WriteNumber("reconstruction", Step.Reconstruction);
        writer.WriteNumber("sparsity", Step.Sparsity);
        writer.WriteNumber("auxiliary", Step.Auxiliary);
        writer.WriteNumber("l0", Step.L0);
        if (Step.Fvu is double fvu)
        {
            writer.WriteNumber("fvu", fvu);
        }

        writer.WriteNumber("dead", Step.Dead);
        writer.WriteNumber("candidates", Step.Candidates);
        writer.WriteNumber("learning_rate", Step.LearningRate);
        writer.WriteNumber("lambda", Step.Lambda);
        if (Step.GradientNorm is double norm)
        {
            writer.WriteNumber("gradient_norm", norm);
        }

        if (Quantiles.Count > 0)
        {
            writer.WriteStartArray("threshold_quantiles");
            foreach (float quantile in Quantiles)
            {
                writer.WriteNumberValue(quantile);
            }

            writer.WriteEndArray();
            writer.WriteNumber("thresholds_moved", ThresholdsMoved);
        }

        writer.WriteEndObject();
    }
}

using Saltus.Evaluation;
using Saltus.Reports;

namespace Saltus.Cli;

/// <summary>The figures of an evaluation as a table for people.</summary>
internal static class FidelityTable
{
    /// <summary>Writes the table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="result">The evaluation.</param>
    /// <param name="latents">Number of latents, M.</param>
    public static void Write(TextWriter output, EvaluationResult result, int latents)
    {
        TextTable table = new("measure", "value>", "");
        table.Add("tokens", $"{result.Tokens:N0}", $"of {result.Documents} documents");
        table.Add("L0", $"{result.L0:F2}", "active latents a token");
        table.Add("FVU", $"{result.Fvu:F4}", $"explained variance {result.ExplainedVariance:F4}");
        table.Add("cosine", $"{result.Cosine:F4}", string.Empty);
        table.Add("relative bias", $"{result.RelativeReconstructionBias:F4}", "1 is none");
        table.Add("dead", $"{result.Dead}", $"of {latents} latents, {100.0 * result.Dead / latents:F1} %");
        table.Add("above 1 %", $"{result.Above1Percent}", "latents active on more than 1 % of tokens");
        table.Add("above 10 %", $"{result.Above10Percent}", "latents active on more than 10 % of tokens");
        if (result.Loss is LossMeasures loss)
        {
            table.Add("loss, clean", $"{loss.Clean:F4}", "nats a token");
            table.Add("loss, spliced", $"{loss.Spliced:F4}", $"zero ablation {loss.Zero:F4}, mean ablation {loss.Mean:F4}");
            string interval = result.ToFidelityMeasures().DeltaLoss?.Interval is ConfidenceInterval range ? $"95 % interval {range.Low:F4} … {range.High:F4}" : string.Empty;
            table.Add("delta loss", $"{result.DeltaLoss:F4}", interval);
            table.Add("loss recovered", $"{result.LossRecovered:F4}", string.Empty);
            table.Add("KL", $"{result.Kl:F4}", "nats a token");
        }

        table.Write(output);
    }

    /// <summary>Writes other tools' rows below a run's own.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="result">The run's evaluation.</param>
    /// <param name="tokens">The run's training tokens.</param>
    public static void WriteComparison(TextWriter output, EvaluationResult result, long tokens)
    {
        TextTable table = new("tool", "method", "tokens>", "L0>", "FVU>", "delta loss>", "recovered>");
        table.Add("saltus", "JumpReLU, this run", $"{tokens / 1e6:F2}M", $"{result.L0:F2}", $"{result.Fvu:F4}", $"{result.DeltaLoss:F4}", $"{result.LossRecovered:F4}");
        foreach (ComparisonRow row in Baselines.Rows)
        {
            table.Add(row.Tool, row.Method, $"{row.Tokens / 1e6:F2}M", $"{row.L0:F2}", $"{row.Fvu:F4}", $"{row.DeltaLoss:F4}", $"{row.LossRecovered:F4}");
        }

        table.Write(output);
    }
}

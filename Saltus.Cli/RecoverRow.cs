using System.Text.Json;
using Saltus.Evaluation;
using Saltus.Training;

namespace Saltus.Cli;

/// <summary>One setting of <c>recover</c>: its scores over seeds and, where another tool's are on record, those beside them.</summary>
/// <param name="Run">The setting, seed apart.</param>
/// <param name="Scores">One a seed.</param>
/// <param name="Record">The other tool's scores; null where there are none.</param>
internal sealed record RecoverRow(RunConfiguration Run, IReadOnlyList<RecoveryScores> Scores, RecoverRecord? Record)
{
    private const double LeastSlack = 0.03;
    private const double Deviations = 3;
    private const double CosineSlack = 0.01;
    private const double L0Slack = 0.03;

    /// <summary>Gets the name of the setting.</summary>
    public string Name => $"{(Run.Recipe == Recipe.Default ? Run.Method : Run.Recipe)} {Run.Width}";

    /// <summary>Gets the mean of a score over seeds.</summary>
    public double Mean(Func<RecoveryScores, double> score) => Scores.Average(score);

    /// <summary>Gets the standard deviation of a score over seeds (n − 1).</summary>
    public double Deviation(Func<RecoveryScores, double> score)
    {
        double mean = Mean(score);
        return Scores.Count < 2 ? 0 : Math.Sqrt(Scores.Sum(value => Math.Pow(score(value) - mean, 2)) / (Scores.Count - 1));
    }

    /// <summary>Gets the verdict on the record in words; null without a record.</summary>
    public string? Verdict()
    {
        if (Record is null)
        {
            return null;
        }

        if (Run.Recipe == Recipe.Default)
        {
            if (Math.Abs(Mean(score => score.L0) - Record.L0) > L0Slack * Record.L0)
            {
                return "L0 is off";
            }

            bool isBetter = Mean(score => score.MaximumCosine) >= Record.Mmcs - CosineSlack && Mean(score => score.Fvu) <= Record.Fvu;
            return isBetter ? "at least as good" : "misses";
        }

        return Holds(score => score.MaximumCosine, Record.Mmcs) && Holds(score => score.Recovered, Record.Recovered) ? "as recorded" : "differs";
    }

    /// <summary>Writes the row as one JSON object.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("recipe", Run.Recipe);
        writer.WriteString("method", Run.Method);
        writer.WriteNumber("width", Run.Width);
        writer.WriteNumber("seeds", Scores.Count);
        foreach ((string name, Func<RecoveryScores, double> score) in Measures)
        {
            writer.WriteNumber(name, Math.Round(Mean(score), 5));
            writer.WriteNumber(name + "_sd", Math.Round(Deviation(score), 5));
        }

        if (Record is not null)
        {
            writer.WriteStartObject("record");
            writer.WriteString("peer", Record.Peer);
            writer.WriteNumber("l0", Record.L0);
            writer.WriteNumber("fvu", Record.Fvu);
            writer.WriteNumber("mmcs", Record.Mmcs);
            writer.WriteNumber("recovered", Record.Recovered);
            writer.WriteString("verdict", Verdict());
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    /// <summary>Gets the scores by the names of baseline.json.</summary>
    public static IReadOnlyList<(string Name, Func<RecoveryScores, double> Score)> Measures { get; } =
    [
        ("l0", score => score.L0), ("mse", score => score.Mse), ("fvu", score => score.Fvu), ("mmcs", score => score.MaximumCosine),
        ("recovered", score => score.Recovered), ("mmcs_latents", score => score.MaximumCosineOfLatents), ("dead", score => score.Dead),
    ];

    private bool Holds(Func<RecoveryScores, double> score, double record) =>
        Math.Abs(record - Mean(score)) <= Math.Max(LeastSlack, Deviations * Deviation(score));
}

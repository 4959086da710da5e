using Saltus.Evaluation;
using Saltus.Formats;
using Saltus.Lm.Interpretation;
using Saltus.Reports;
using Saltus.Training;

namespace Saltus.Cli;

/// <summary>Puts a report together from a run's configuration, its log, its evaluation and its latents.</summary>
internal static class RunReportBuilder
{
    /// <summary>Builds the report of a run.</summary>
    /// <param name="run">The run's knobs.</param>
    /// <param name="training">Its log.</param>
    /// <param name="evaluation">On held-out text.</param>
    /// <param name="job">Whose latents were collected.</param>
    /// <param name="provenance">What was trained on what.</param>
    /// <returns>The report.</returns>
    public static RunReport Build(
        RunConfiguration? run, IReadOnlyList<TrainingPoint> training, EvaluationResult evaluation, EvaluationJob job, RunProvenance provenance)
    {
        bool isBaselineSetting = run is { Method: "jumprelu", Width: Baselines.Width, L0: Baselines.TargetL0 } && run.Site == Baselines.Site
            && run.Layer == Baselines.Layer && evaluation.Settings.Model == Bundle.ModelName;
        return new RunReport
        {
            Title = $"{Title(provenance.Method)} on {provenance.Site}{(provenance.Layer is int layer ? $", layer {layer}" : string.Empty)}, of {provenance.Model}",
            Provenance = provenance,
            Training = training,
            Fidelity = evaluation.ToFidelityMeasures(),
            FrequencyHistogram = evaluation.FrequencyHistogram,
            Latents = job.Latents,
            LatentsNote = job.LatentsNote,
            TellingRule = TellingRule.Sentence,
            Comparison = isBaselineSetting ? Baselines.Rows : [],
            ComparisonNote = isBaselineSetting ? Baselines.Note : string.Empty,
        };
    }

    /// <summary>Reads a run's log.</summary>
    /// <param name="path"><c>metrics.jsonl</c>; valid up to its last newline.</param>
    /// <returns>A point a line.</returns>
    public static IReadOnlyList<TrainingPoint> ReadLog(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        RunFolder.CheckSealed(Path.GetDirectoryName(Path.GetFullPath(path))!);
        List<TrainingPoint> points = [];
        string text = File.ReadAllText(path);
        foreach (string line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            JsonFields fields = JsonFields.Parse(System.Text.Encoding.UTF8.GetBytes(line), path);
            IReadOnlyList<double> quantiles = fields.Has("threshold_quantiles") ? fields.GetDoubles("threshold_quantiles") : [];
            points.Add(new TrainingPoint
            {
                Step = fields.GetInt64("step"),
                Tokens = fields.GetInt64("tokens"),
                Loss = fields.GetDouble("loss"),
                Reconstruction = fields.GetDouble("reconstruction"),
                L0 = fields.GetDouble("l0"),
                Dead = fields.GetDouble("dead"),
                Fvu = fields.Has("fvu") ? fields.GetDouble("fvu") : null,
                Lambda = fields.GetDouble("lambda"),
                LearningRate = fields.GetDouble("learning_rate"),
                Thresholds = quantiles.Count == 5 ? new ThresholdQuantiles(quantiles[0], quantiles[1], quantiles[2], quantiles[3], quantiles[4]) : null,
            });
        }

        return points;
    }

    private static string Title(string method) => method switch
    {
        MethodNames.JumpRelu => "JumpReLU",
        MethodNames.Gated or MethodNames.GatedOriginal => "Gated SAE",
        MethodNames.TopK => "TopK",
        MethodNames.BatchTopK => "BatchTopK",
        MethodNames.Matryoshka => "Matryoshka SAE",
        MethodNames.Relu => "ReLU SAE",
        MethodNames.PAnnealing => "p-annealed SAE",
        _ => method,
    };
}

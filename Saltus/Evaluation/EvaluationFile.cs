using System.Text.Json;
using Saltus.Formats;
using Saltus.Reports;

namespace Saltus.Evaluation;

/// <summary>Reads and writes <c>eval.json</c>. Every key is always there; null stands for what was not measured or is not finite.</summary>
public static class EvaluationFile
{
    /// <summary>The file's name in a run folder.</summary>
    public const string Name = "eval.json";

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="result">Its content.</param>
    /// <exception cref="InputException">The file system refused.</exception>
    public static void Write(string path, EvaluationResult result) => AtomicFile.WriteJson(path, writer => Write(writer, result));

    /// <summary>Writes the object into a larger document, or to standard output.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="result">Its content.</param>
    public static void Write(Utf8JsonWriter writer, EvaluationResult result)
    {
        writer.WriteStartObject();
        writer.WriteNumber("tokens", result.Tokens);
        writer.WriteNumber("documents", result.Documents);
        Number(writer, "l0", result.L0);
        Number(writer, "fvu", result.Fvu);
        Number(writer, "explained_variance", result.ExplainedVariance);
        Number(writer, "mse", result.MeanSquaredError);
        Number(writer, "cosine", result.Cosine);
        Number(writer, "relative_reconstruction_bias", result.RelativeReconstructionBias);
        writer.WriteNumber("dead", result.Dead);
        writer.WriteNumber("above_1_percent", result.Above1Percent);
        writer.WriteNumber("above_10_percent", result.Above10Percent);
        Histogram(writer, result.FrequencyHistogram);
        if (result.Loss is { } loss)
        {
            writer.WriteStartObject("loss");
            Number(writer, "clean", loss.Clean);
            Number(writer, "spliced", loss.Spliced);
            Number(writer, "zero", loss.Zero);
            Number(writer, "mean", loss.Mean);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("loss");
        }

        Number(writer, "delta_loss", result.DeltaLoss);
        if (result.Intervals.DeltaLoss is { } interval)
        {
            writer.WriteStartArray("delta_loss_ci");
            writer.WriteNumberValue(interval.Low);
            writer.WriteNumberValue(interval.High);
            writer.WriteEndArray();
        }
        else
        {
            writer.WriteNull("delta_loss_ci");
        }

        Number(writer, "loss_recovered", result.LossRecovered);
        Number(writer, "kl", result.Kl);
        Number(writer, "uniformity", result.Uniformity);
        Settings(writer, result.Settings);
        writer.WriteEndObject();
    }

    /// <summary>Reads the file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its content.</returns>
    /// <exception cref="InputException">The file cannot be read, or lacks a key.</exception>
    public static EvaluationResult Read(string path)
    {
        JsonFields fields = JsonFields.Read(path);
        JsonFields settings = fields.GetObject("settings");
        return new EvaluationResult
        {
            Tokens = fields.GetInt64("tokens"),
            Documents = fields.GetInt64("documents"),
            L0 = fields.GetDouble("l0"),
            Fvu = fields.GetDouble("fvu", double.NaN),
            MeanSquaredError = fields.GetDouble("mse"),
            Cosine = fields.GetDouble("cosine"),
            RelativeReconstructionBias = fields.GetDouble("relative_reconstruction_bias", double.NaN),
            Dead = fields.GetInt32("dead"),
            Above1Percent = fields.GetInt32("above_1_percent"),
            Above10Percent = fields.GetInt32("above_10_percent"),
            FrequencyHistogram = ReadHistogram(fields),
            Loss = fields.Has("loss") ? ReadLoss(fields.GetObject("loss")) : null,
            Kl = Optional(fields, "kl"),
            Uniformity = Optional(fields, "uniformity"),
            Intervals = new EvaluationIntervals { DeltaLoss = ReadInterval(fields) },
            Settings = new EvaluationSettings
            {
                Site = settings.GetString("site", null),
                Layer = settings.Has("layer") ? settings.GetInt32("layer") : null,
                TargetSite = settings.GetString("target_site", null),
                TargetLayer = settings.Has("target_layer") ? settings.GetInt32("target_layer") : null,
                Context = settings.Has("context") ? settings.GetInt32("context") : null,
                Text = settings.GetString("text", null),
                Model = settings.GetString("model", null),
                SaeHashes = ReadHashes(settings),
                BootstrapResamples = settings.Has("bootstrap_resamples") ? settings.GetInt32("bootstrap_resamples") : null,
                Seed = settings.Has("seed") ? settings.GetInt64("seed") : null,
                UniformityTokens = settings.Has("uniformity_tokens") ? settings.GetInt32("uniformity_tokens") : null,
            },
        };
    }

    private static void Number(Utf8JsonWriter writer, string key, double? value)
    {
        if (value is double number && double.IsFinite(number))
        {
            writer.WriteNumber(key, number);
        }
        else
        {
            writer.WriteNull(key);
        }
    }

    private static void Histogram(Utf8JsonWriter writer, IReadOnlyList<HistogramBin> bins)
    {
        writer.WriteStartObject("frequency_histogram");
        writer.WriteStartArray("log10_edges");
        foreach (HistogramBin bin in bins)
        {
            writer.WriteNumberValue(bin.Low);
        }

        if (bins.Count > 0)
        {
            writer.WriteNumberValue(bins[^1].High);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("counts");
        foreach (HistogramBin bin in bins)
        {
            writer.WriteNumberValue(bin.Count);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Settings(Utf8JsonWriter writer, EvaluationSettings settings)
    {
        writer.WriteStartObject("settings");
        writer.WriteString("site", settings.Site);
        Number(writer, "layer", settings.Layer);
        if (settings.TargetSite is not null)
        {
            writer.WriteString("target_site", settings.TargetSite);
            Number(writer, "target_layer", settings.TargetLayer);
        }

        Number(writer, "context", settings.Context);
        writer.WriteString("text", settings.Text);
        writer.WriteString("model", settings.Model);
        writer.WriteStartObject("sae_sha256");
        foreach ((string file, string hash) in settings.SaeHashes.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.WriteString(file, hash);
        }

        writer.WriteEndObject();
        Number(writer, "bootstrap_resamples", settings.BootstrapResamples);
        Number(writer, "seed", settings.Seed);
        Number(writer, "uniformity_tokens", settings.UniformityTokens);
        writer.WriteEndObject();
    }

    private static double? Optional(JsonFields fields, string key) => fields.Has(key) ? fields.GetDouble(key) : null;

    private static LossMeasures ReadLoss(JsonFields fields) =>
        new(fields.GetDouble("clean"), fields.GetDouble("spliced"), fields.GetDouble("zero"), fields.GetDouble("mean"));

    private static ConfidenceInterval? ReadInterval(JsonFields fields)
    {
        const string Key = "delta_loss_ci";
        if (!fields.Has(Key))
        {
            return null;
        }

        IReadOnlyList<double> ends = fields.GetDoubles(Key);
        return ends.Count == 2 ? new ConfidenceInterval(ends[0], ends[1]) : throw fields.Invalid(Key, "two numbers, [low, high]");
    }

    private static HistogramBin[] ReadHistogram(JsonFields fields)
    {
        JsonFields histogram = fields.GetObject("frequency_histogram");
        IReadOnlyList<double> edges = histogram.GetDoubles("log10_edges");
        IReadOnlyList<double> counts = histogram.GetDoubles("counts");
        if (edges.Count != counts.Count + 1)
        {
            throw histogram.Invalid("counts", $"{Math.Max(0, edges.Count - 1)} counts between {edges.Count} edges");
        }

        return [.. counts.Select((count, i) => new HistogramBin(edges[i], edges[i + 1], (long)count))];
    }

    private static Dictionary<string, string> ReadHashes(JsonFields settings)
    {
        JsonFields hashes = settings.GetObject("sae_sha256");
        return hashes.Keys.ToDictionary(file => file, file => hashes.GetString(file), StringComparer.Ordinal);
    }
}

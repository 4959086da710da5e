using System.Text.Json;
using Saltus.Formats;
using Saltus.Reports;

namespace Saltus.Evaluation;

/// <summary>
/// Reads and writes <c>intervals.json</c>: every interval of an evaluation, of which <c>eval.json</c> holds that of the delta loss alone. Each is
/// [low, high], or null where there is none.
/// </summary>
public static class IntervalsFile
{
    /// <summary>The file's name in a run folder.</summary>
    public const string Name = "intervals.json";

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="intervals">Its content.</param>
    /// <exception cref="InputException">The file system refused.</exception>
    public static void Write(string path, EvaluationIntervals intervals)
    {
        ArgumentNullException.ThrowIfNull(intervals);
        AtomicFile.WriteJson(path, writer =>
        {
            writer.WriteStartObject();
            Write(writer, "l0", intervals.L0);
            Write(writer, "fvu", intervals.Fvu);
            Write(writer, "mse", intervals.MeanSquaredError);
            Write(writer, "cosine", intervals.Cosine);
            Write(writer, "relative_reconstruction_bias", intervals.RelativeReconstructionBias);
            Write(writer, "delta_loss", intervals.DeltaLoss);
            Write(writer, "loss_recovered", intervals.LossRecovered);
            Write(writer, "kl", intervals.Kl);
            writer.WriteEndObject();
        });
    }

    /// <summary>Reads the file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its content.</returns>
    /// <exception cref="InputException">The file cannot be read, or an interval is not two numbers.</exception>
    public static EvaluationIntervals Read(string path)
    {
        JsonFields fields = JsonFields.Read(path);
        return new EvaluationIntervals
        {
            L0 = Read(fields, "l0"),
            Fvu = Read(fields, "fvu"),
            MeanSquaredError = Read(fields, "mse"),
            Cosine = Read(fields, "cosine"),
            RelativeReconstructionBias = Read(fields, "relative_reconstruction_bias"),
            DeltaLoss = Read(fields, "delta_loss"),
            LossRecovered = Read(fields, "loss_recovered"),
            Kl = Read(fields, "kl"),
        };
    }

    internal static void Write(Utf8JsonWriter writer, string key, ConfidenceInterval? interval)
    {
        if (interval is not { } range)
        {
            writer.WriteNull(key);
            return;
        }

        writer.WriteStartArray(key);
        writer.WriteNumberValue(range.Low);
        writer.WriteNumberValue(range.High);
        writer.WriteEndArray();
    }

    private static ConfidenceInterval? Read(JsonFields fields, string key)
    {
        if (!fields.Has(key))
        {
            return null;
        }

        IReadOnlyList<double> ends = fields.GetDoubles(key);
        return ends.Count == 2 ? new ConfidenceInterval(ends[0], ends[1]) : throw fields.Invalid(key, "two numbers, [low, high]");
    }
}

using System.Globalization;
using Saltus.Evaluation;

namespace Saltus.Cli;

/// <summary>Prints compared tensors: a line each with the largest error and its tolerance.</summary>
internal static class ComparisonReport
{
    private const string NumberFormat = "0.00e+00";

    /// <summary>Prints the comparisons.</summary>
    /// <param name="context">The tool.</param>
    /// <param name="subject">What was compared.</param>
    /// <param name="reference">With what.</param>
    /// <param name="comparisons">One a tensor.</param>
    /// <returns>The exit code: 1 where a tensor is beyond its tolerance, or none could be compared.</returns>
    public static int Write(ToolContext context, string subject, string reference, IReadOnlyList<TensorComparison> comparisons)
    {
        int within = comparisons.Count(comparison => comparison.Status == ComparisonStatus.Within);
        int beyond = comparisons.Count(comparison => comparison.Status == ComparisonStatus.Beyond);
        bool passed = beyond == 0 && within > 0;
        if (context.IsJson)
        {
            WriteJson(context, subject, reference, comparisons, passed);
        }
        else
        {
            WriteLines(context.Out, comparisons);
            context.Out.WriteLine($"{within} within tolerance, {beyond} beyond, {comparisons.Count - within - beyond} not compared");
        }

        return passed ? ExitCode.Done : ExitCode.CheckFailed;
    }

    private static void WriteLines(TextWriter output, IReadOnlyList<TensorComparison> comparisons)
    {
        TextTable table = new("tensor", "result", "max error>", "tolerance>", "remark");
        foreach (TensorComparison comparison in comparisons)
        {
            bool isCompared = comparison.Status != ComparisonStatus.NotCompared;
            table.Add(
                InputException.OneLine(comparison.Name),
                Word(comparison.Status),
                isCompared ? Number(comparison.MaxError) : "-",
                isCompared ? Number(comparison.Tolerance) : "-",
                comparison.Note ?? string.Empty);
        }

        table.Write(output);
    }

    private static void WriteJson(ToolContext context, string subject, string reference, IReadOnlyList<TensorComparison> comparisons, bool passed) => context.WriteJson(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("subject", subject);
        writer.WriteString("reference", reference);
        writer.WriteBoolean("passed", passed);
        writer.WriteStartArray("tensors");
        foreach (TensorComparison comparison in comparisons)
        {
            writer.WriteStartObject();
            writer.WriteString("name", comparison.Name);
            writer.WriteString("result", Word(comparison.Status));
            if (comparison.Status != ComparisonStatus.NotCompared)
            {
                // JSON has no infinity: an error that is not a number at all is written as null.
                if (double.IsFinite(comparison.MaxError))
                {
                    writer.WriteNumber("max_error", comparison.MaxError);
                }
                else
                {
                    writer.WriteNull("max_error");
                }

                writer.WriteNumber("tolerance", comparison.Tolerance);
                writer.WriteNumber("scale", comparison.Scale);
            }

            if (comparison.Note is not null)
            {
                writer.WriteString("remark", comparison.Note);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static string Word(ComparisonStatus status) => status switch
    {
        ComparisonStatus.Within => "ok",
        ComparisonStatus.Beyond => "BEYOND",
        _ => "not compared",
    };

    private static string Number(double value) => value.ToString(NumberFormat, CultureInfo.InvariantCulture);
}

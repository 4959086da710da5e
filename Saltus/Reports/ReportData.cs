using System.Text.Json;

namespace Saltus.Reports;

/// <summary>Writes the data blocks of a report. What each array means is said again in Assets/data.js, which reads them.</summary>
internal static class ReportData
{
    /// <summary>The default encoder escapes &lt;, &gt;, &amp;, quotes and everything outside ASCII: no text can end its script element.</summary>
    private static readonly JsonWriterOptions s_options = new() { SkipValidation = true };

    /// <summary>Writes all blocks.</summary>
    /// <param name="report">A checked report.</param>
    /// <param name="stream">Where to.</param>
    public static void Write(RunReport report, Stream stream)
    {
        LatentReport[] latents = [.. report.Latents.OrderBy(latent => latent.Index)];
        ReportTexts texts = ReportTexts.Collect(latents);
        Block(stream, "report-data", json => WriteHead(json, report, latents, texts));
        for (int first = 0, block = 0; first < latents.Length; first += LatentBlocks.LatentsInBlock, block++)
        {
            int last = Math.Min(first + LatentBlocks.LatentsInBlock, latents.Length);
            int begin = first;
            Block(stream, "latents-" + block, json => LatentBlocks.Write(json, latents.AsSpan(begin, last - begin), texts));
        }
    }

    private static void Block(Stream stream, string id, Action<Utf8JsonWriter> write)
    {
        stream.Write("<script type=\"application/json\" id=\""u8);
        stream.Write(System.Text.Encoding.ASCII.GetBytes(id));
        stream.Write("\">"u8);
        using (Utf8JsonWriter json = new(stream, s_options))
        {
            write(json);
        }

        stream.Write("</script>\n"u8);
    }

    private static void WriteHead(Utf8JsonWriter json, RunReport report, LatentReport[] latents, ReportTexts texts)
    {
        json.WriteStartObject();
        json.WriteString("title", ReportTexts.Clean(report.Title));
        RunBlocks.WriteProvenance(json, report.Provenance);
        RunBlocks.WriteTraining(json, report.Training);
        RunBlocks.WriteFidelity(json, report.Fidelity);
        RunBlocks.WriteComparison(json, report.Comparison);
        json.WriteString("comparisonNote", ReportTexts.Clean(report.ComparisonNote));
        json.WritePropertyName("frequency");
        JsonNumbers.WriteHistogram(json, report.FrequencyHistogram);
        json.WriteString("tellingRule", ReportTexts.Clean(report.TellingRule));
        json.WriteString("latentsNote", ReportTexts.Clean(report.LatentsNote));
        texts.Write(json);
        json.WriteNumber("latentsInBlock", LatentBlocks.LatentsInBlock);
        LatentBlocks.WriteSummaries(json, latents, texts);
        json.WriteEndObject();
    }
}

using Saltus.Formats;

namespace Saltus.Reports;

/// <summary>
/// Writes a report as one HTML file that works offline: styles, scripts and data are inside it, and its content security policy
/// forbids any request to the outside. The same report gives the same bytes.
/// </summary>
/// <remarks>
/// The file is a template with marks; the scripts are allowed by their hashes. The data stand in blocks of JSON that a browser does
/// not run: one with everything but the latents' pages, then blocks of <see cref="LatentBlocks.LatentsInBlock"/> pages, each of which
/// is parsed when one of its latents is first looked at. So a report of thousands of latents opens as fast as one of a few.
/// </remarks>
public static class HtmlReport
{
    /// <summary>Writes a report to a file, whole or not at all.</summary>
    /// <param name="report">The report.</param>
    /// <param name="path">The file; an old one is replaced.</param>
    /// <exception cref="ArgumentException">The report contradicts itself, such as a snippet with more activations than tokens.</exception>
    /// <exception cref="InputException">The file system refused.</exception>
    public static void Write(RunReport report, string path)
    {
        ArgumentNullException.ThrowIfNull(report);
        ReportChecks.Check(report);
        AtomicFile.Write(path, stream => Page(report).Write(stream));
    }

    /// <summary>Writes a report to a stream.</summary>
    /// <param name="report">The report.</param>
    /// <param name="stream">Where to; left open.</param>
    /// <exception cref="ArgumentException">The report contradicts itself, such as a snippet with more activations than tokens.</exception>
    public static void Write(RunReport report, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(stream);
        ReportChecks.Check(report);
        Page(report).Write(stream);
    }

    /// <summary>Writes the page of a sweep to a file, whole or not at all.</summary>
    /// <param name="report">The results.</param>
    /// <param name="path">The file; an old one is replaced.</param>
    /// <exception cref="InputException">The file system refused.</exception>
    public static void Write(SweepReport report, string path)
    {
        ArgumentNullException.ThrowIfNull(report);
        HtmlPage page = new()
        {
            Title = report.Title,
            SkipTarget = "saes",
            SkipText = "Skip to the table",
            Script = ReportAssets.SweepScript(),
            WriteData = stream => SweepData.Write(report, stream),
        };
        AtomicFile.Write(path, page.Write);
    }

    private static HtmlPage Page(RunReport report) => new()
    {
        Title = report.Title,
        SkipTarget = "latents",
        SkipText = "Skip to the latents",
        Script = ReportAssets.RunScript(),
        WriteData = stream => ReportData.Write(report, stream),
    };
}

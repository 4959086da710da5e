using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
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
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes a report to a file, whole or not at all.</summary>
    /// <param name="report">The report.</param>
    /// <param name="path">The file; an old one is replaced.</param>
    /// <exception cref="ArgumentException">The report contradicts itself, such as a snippet with more activations than tokens.</exception>
    /// <exception cref="InputException">The file system refused.</exception>
    public static void Write(RunReport report, string path)
    {
        ArgumentNullException.ThrowIfNull(report);
        ReportChecks.Check(report);
        AtomicFile.Write(path, stream => WriteChecked(report, stream));
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
        WriteChecked(report, stream);
    }

    private static void WriteChecked(RunReport report, Stream stream)
    {
        string ours = ReportAssets.OwnScript();
        string[] scripts = [ReportAssets.Text("d3.min.js"), ReportAssets.Text("plot.umd.min.js"), ours];
        string template = ReportAssets.Text("page.html");
        int start = 0;
        while (true)
        {
            int mark = template.IndexOf("{{", start, StringComparison.Ordinal);
            if (mark < 0)
            {
                Put(stream, template.AsSpan(start));
                return;
            }

            int end = template.IndexOf("}}", mark, StringComparison.Ordinal);
            Put(stream, template.AsSpan(start, mark - start));
            Fill(template[(mark + 2)..end], report, scripts, stream);
            start = end + 2;
        }
    }

    private static void Fill(string mark, RunReport report, string[] scripts, Stream stream)
    {
        switch (mark)
        {
            case "policy":
                Put(stream, Policy(scripts));
                break;
            case "title":
                Put(stream, HtmlEncoder.Default.Encode(report.Title));
                break;
            case "style":
                Put(stream, ReportAssets.OwnStyle());
                break;
            case "data":
                ReportData.Write(report, stream);
                break;
            case "scripts":
                foreach (string script in scripts)
                {
                    Put(stream, "<script>");
                    Put(stream, script);
                    Put(stream, "</script>\n");
                }

                break;
            case "d3-licence":
                Put(stream, HtmlEncoder.Default.Encode(ReportAssets.Text("d3.LICENSE").Trim()));
                break;
            case "plot-licence":
                Put(stream, HtmlEncoder.Default.Encode(ReportAssets.Text("plot.LICENSE").Trim()));
                break;
            default:
                throw new InvalidOperationException($"page.html has the unknown mark {mark}");
        }
    }

    /// <summary>
    /// Nothing may be loaded from anywhere; only the scripts with these hashes run. Styles stay open because Plot writes a style
    /// element into each chart: without images, fonts and imports from outside a style can reach nothing.
    /// </summary>
    private static string Policy(string[] scripts)
    {
        StringBuilder policy = new("default-src 'none'; script-src");
        foreach (string script in scripts)
        {
            policy.Append(" 'sha256-").Append(Convert.ToBase64String(SHA256.HashData(s_utf8.GetBytes(script)))).Append('\'');
        }

        return policy.Append("; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'").ToString();
    }

    private static void Put(Stream stream, ReadOnlySpan<char> text)
    {
        byte[] bytes = new byte[s_utf8.GetMaxByteCount(text.Length)];
        stream.Write(bytes, 0, s_utf8.GetBytes(text, bytes));
    }
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;

namespace Saltus.Reports;

/// <summary>A page that is one file: the template with its marks filled in.</summary>
internal sealed class HtmlPage
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Gets the heading.</summary>
    public required string Title { get; init; }

    /// <summary>Gets the section that the first link leads to.</summary>
    public required string SkipTarget { get; init; }

    /// <summary>Gets the text of the first link.</summary>
    public required string SkipText { get; init; }

    /// <summary>Gets our script.</summary>
    public required string Script { get; init; }

    /// <summary>Gets what writes the data blocks.</summary>
    public required Action<Stream> WriteData { get; init; }

    /// <summary>Writes the page.</summary>
    /// <param name="stream">Where to; left open.</param>
    public void Write(Stream stream)
    {
        string[] scripts = [ReportAssets.Text("d3.min.js"), ReportAssets.Text("plot.umd.min.js"), Script];
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
            Fill(template[(mark + 2)..end], scripts, stream);
            start = end + 2;
        }
    }

    private void Fill(string mark, string[] scripts, Stream stream)
    {
        switch (mark)
        {
            case "policy":
                Put(stream, Policy(scripts));
                break;
            case "title":
                Put(stream, HtmlEncoder.Default.Encode(Title));
                break;
            case "skip-target":
                Put(stream, SkipTarget);
                break;
            case "skip-text":
                Put(stream, SkipText);
                break;
            case "style":
                Put(stream, ReportAssets.OwnStyle());
                break;
            case "data":
                WriteData(stream);
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

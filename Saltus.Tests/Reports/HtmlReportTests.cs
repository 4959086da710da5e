using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Saltus.Reports;
using Saltus.Tests.Support;

namespace Saltus.Tests.Reports;

public sealed partial class HtmlReportTests
{
    /// <summary>What no text of a document may do: end a script, open a comment, break a line of JavaScript, or fail to be UTF-8.</summary>
    internal static readonly string[] HostileTexts =
    [
        "</script><script>alert(1)</script>", "<!--", "-->", "]]>", "\"'`&amp;<b>", "{{data}}", "${1}", "\u2028\u2029", "\0\u0001\u001b\u007f\u0085",
        "\u202Egnp.exe\u202C", "\ud800", "\udc00x", "\ufeff", "\r\n", "\t", "   ", "", "\u00a0", "日本語", "مرحبا", "👩‍👩‍👧", "\ufffd", "__proto__", new string('x', 3000), "\\u003c", "last",
    ];

    [Fact]
    public void The_same_report_gives_the_same_bytes()
    {
        byte[] first = Write(SampleReports.Whole(40));
        byte[] second = Write(SampleReports.Whole(40));
        Assert.True(first.AsSpan().SequenceEqual(second), "two reports made alike differ");
    }

    [Fact]
    public void The_order_of_latents_does_not_matter()
    {
        RunReport report = SampleReports.Whole(40);
        Assert.True(Write(report).AsSpan().SequenceEqual(Write(report with { Latents = [.. report.Latents.Reverse()] })), "the order of latents shows");
    }

    [Fact]
    public void A_file_is_written_as_the_stream_is()
    {
        using TemporaryFolder folder = new();
        RunReport report = SampleReports.Whole(3);
        HtmlReport.Write(report, folder["report.html"]);
        Assert.Equal(Write(report), File.ReadAllBytes(folder["report.html"]));
        Assert.Equal(["report.html"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Nothing_in_the_page_names_an_address_but_namespaces_and_headers_of_carried_scripts()
    {
        string html = Text(SampleReports.Whole(40));
        string[] allowed = ["http://www.w3.org/", "https://d3js.org"];
        string[] found = [.. Addresses().Matches(html).Select(match => match.Value).Where(address => !allowed.Any(address.StartsWith))];
        Assert.True(found.Length == 0, $"the page names {string.Join(", ", found)}");
        Assert.DoesNotMatch(@"<(?:script|img|iframe|object|embed|source|video|audio)[^>]*\s(?:src|href|data)\s*=", html);
        Assert.DoesNotMatch(@"url\(\s*['""]?(?!data:|#)[a-z]+:", html);
        Assert.DoesNotContain("@import", html);
        Assert.Single(Links().Matches(html));
        Assert.Contains("<link rel=\"icon\" href=\"data:", html);
    }

    [Fact]
    public void The_policy_forbids_everything_and_names_each_script_by_its_hash()
    {
        string html = Text(SampleReports.Whole(3));
        string policy = Regex.Match(html, "Content-Security-Policy\" content=\"([^\"]*)\"").Groups[1].Value;
        Assert.StartsWith("default-src 'none'; script-src 'sha256-", policy);
        Assert.DoesNotContain("script-src 'unsafe", policy);
        MatchCollection scripts = Scripts().Matches(html);
        Assert.Equal(3, scripts.Count);
        foreach (Match script in scripts)
        {
            byte[] hash = System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(script.Groups[1].Value));
            Assert.Contains($"'sha256-{Convert.ToBase64String(hash)}'", policy);
        }
    }

    [Fact]
    public void Hostile_texts_stay_texts()
    {
        string html = Text(SampleReports.Hostile(HostileTexts));
        Assert.DoesNotContain("alert(1)</script>", html);
        Assert.Single(Regex.Matches(html, "<title>"));
        Assert.Equal(Regex.Count(html, "<script"), Regex.Count(html, "</script"));
        foreach (Match block in DataBlocks().Matches(html))
        {
            Assert.True(block.Groups[1].Value.All(character => character is >= ' ' and < '\u007f' and not '<' and not '>' and not '&'), "a data block holds a character that HTML or JavaScript reads");
            using JsonDocument json = JsonDocument.Parse(block.Groups[1].Value);
        }

        using JsonDocument head = JsonDocument.Parse(DataBlocks().Match(html).Groups[1].Value);
        HashSet<string?> vocabulary = [.. head.RootElement.GetProperty("vocabulary").EnumerateArray().Select(text => text.GetString())];
        Assert.All(HostileTexts, text => Assert.Contains(text.Replace('\ud800', '\ufffd').Replace('\udc00', '\ufffd'), vocabulary));
    }

    [Fact]
    public void The_page_is_well_formed_outside_of_its_scripts()
    {
        string html = Text(SampleReports.Whole(3));
        html = Regex.Replace(html, "<(script|style)[^>]*>.*?</\\1>", string.Empty, RegexOptions.Singleline);
        HashSet<string> alone = ["!DOCTYPE", "meta", "link", "path"];
        Stack<string> open = new();
        foreach (Match tag in Regex.Matches(html, @"<(/?)([!A-Za-z][A-Za-z0-9]*)[^>]*>"))
        {
            string name = tag.Groups[2].Value;
            if (tag.Groups[1].Value.Length > 0)
            {
                Assert.Equal(open.Pop(), name);
            }
            else if (!alone.Contains(name))
            {
                open.Push(name);
            }
        }

        Assert.Empty(open);
        Assert.DoesNotContain("{{", html);
        string[] ids = [.. Regex.Matches(html, " id=\"([^\"]+)\"").Select(match => match.Groups[1].Value)];
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public void Four_thousand_latents_of_twenty_snippets_stay_below_sixty_megabytes()
    {
        // Bytes for each latent do not fall with their number, so a part of them is measured.
        RunReport few = SampleReports.Whole(96, topSnippets: 10);
        RunReport more = SampleReports.Whole(352, topSnippets: 10);
        double bytesPerSnippet = (Write(more).Length - Write(few).Length) / (double)(Snippets(more) - Snippets(few));
        double total = 600_000 + (bytesPerSnippet * 4096 * 20);
        Assert.True(total < 60e6, $"{bytesPerSnippet:F0} bytes a snippet make {total / 1e6:F1} MB");
    }

    [Fact]
    public void Numbers_that_are_none_become_null()
    {
        RunReport report = SampleReports.Hostile(["a", "b"]);
        using JsonDocument head = JsonDocument.Parse(DataBlocks().Match(Text(report)).Groups[1].Value);
        Assert.Equal(JsonValueKind.Null, head.RootElement.GetProperty("fidelity").GetProperty("l0").ValueKind);
        Assert.Equal(JsonValueKind.Null, head.RootElement.GetProperty("latents").GetProperty("score")[0].ValueKind);
    }

    [Fact]
    public void A_report_that_contradicts_itself_is_refused_before_anything_is_written()
    {
        RunReport report = SampleReports.Hostile(["a", "b"]);
        LatentReport latent = report.Latents[0];
        Snippet snippet = latent.TopSnippets[0];
        (RunReport Report, string Says)[] wrong =
        [
            (report with { Latents = [latent, latent] }, "twice"),
            (report with { Latents = [latent with { Index = 4 }] }, "below the width 4"),
            (report with { Latents = [latent with { TopSnippets = [snippet with { Activations = [1] }] }] }, "2 tokens and 1 activations"),
            (report with { Latents = [latent with { IntervalSnippets = [new SnippetInterval(0, 1, 1, [snippet with { Focus = 2 }])] }] }, "focus at 2 of 2"),
            (report with { FrequencyHistogram = [new HistogramBin(-1, 0, 1), new HistogramBin(0.5, 1, 1)] }, "bin 1"),
        ];
        using TemporaryFolder folder = new();
        foreach ((RunReport bad, string says) in wrong)
        {
            ArgumentException refusal = Assert.Throws<ArgumentException>(() => HtmlReport.Write(bad, folder["report.html"]));
            Assert.Contains(says, refusal.Message);
        }

        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    internal static byte[] Write(RunReport report)
    {
        using MemoryStream stream = new();
        HtmlReport.Write(report, stream);
        return stream.ToArray();
    }

    private static string Text(RunReport report) => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Write(report));

    private static long Snippets(RunReport report) => report.Latents.Sum(latent => latent.TopSnippets.Count + latent.IntervalSnippets.Sum(interval => interval.Snippets.Count));

    [GeneratedRegex(@"\b(?:https?|ftp|wss?):/?/?[^\s""'`)<>]+", RegexOptions.None, 10_000)]
    private static partial Regex Addresses();

    [GeneratedRegex("<link[^>]*>", RegexOptions.None, 10_000)]
    private static partial Regex Links();

    [GeneratedRegex("<script>(.*?)</script>", RegexOptions.Singleline, 10_000)]
    private static partial Regex Scripts();

    [GeneratedRegex("<script type=\"application/json\" id=\"[a-z0-9-]+\">(.*?)</script>", RegexOptions.Singleline, 10_000)]
    private static partial Regex DataBlocks();
}

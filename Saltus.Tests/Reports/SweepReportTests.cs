using System.Globalization;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Saltus.Reports;
using Saltus.Tests.Support;

namespace Saltus.Tests.Reports;

[Trait("needs", "browser")]
public sealed class SweepReportTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly SweepReport s_report = Sample();

    [Theory]
    [InlineData(1440, ColorScheme.Light)]
    [InlineData(1440, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    public async Task The_page_of_a_sweep_is_drawn_without_a_complaint_and_passes_axe(int width, ColorScheme colours)
    {
        await using OpenReport open = await OpenReport.Open(chromium, path => HtmlReport.Write(s_report, path), width: width, colours: colours);
        Assert.Equal(s_report.Title, await open.Page.TitleAsync());
        Assert.Equal(
            ["Sparsity against faithfulness", "Over seeds", "How often latents are active", "Every autoencoder"], await open.Page.Locator("main h2").AllTextContentsAsync());
        await Assertions.Expect(open.Page.Locator(".chart-box[role=img] svg")).ToHaveCountAsync(4 + 4);
        await Assertions.Expect(open.Page.Locator("#saes tbody tr")).ToHaveCountAsync(s_report.Rows.Count);
        AxeResult result = await open.Page.RunAxe();
        string[] found = [.. result.Violations.Select(violation => $"{violation.Id} ({violation.Impact}): {string.Join(" | ", violation.Nodes.Take(3).Select(node => node.Html))}")];
        Assert.True(found.Length == 0, string.Join("\n", found));
        Assert.True(await open.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"the page is wider than a window of {width}");
        open.AssertQuiet();
    }

    [Fact]
    public async Task The_table_sorts_by_any_column()
    {
        await using OpenReport open = await OpenReport.Open(chromium, path => HtmlReport.Write(s_report, path));
        await open.Page.Locator("#saes thead button").Filter(new LocatorFilterOptions { HasText = "FVU" }).First.ClickAsync();
        await Assertions.Expect(open.Page.Locator("#saes tbody th").First).ToHaveTextAsync(s_report.Rows.MinBy(row => row.Fidelity!.Fvu!.Value.Value)!.Name);
        open.AssertQuiet();
    }

    [Fact]
    public void Fronts_and_shares_follow_from_the_rows()
    {
        SweepRow[] rows = [Row("a", 64, 10, 0.5), Row("b", 64, 20, 0.5), Row("c", 64, 20, 0.4), Row("d", 32, 30, 0.9), Row("e", 64, 5, 0.9), Row("f", 64, 10, 0.5)];
        IReadOnlyList<SweepRow> completed = SweepReport.Complete(rows);
        Assert.Equal([true, false, true, true, true, true], completed.Select(row => row.IsOnFvuFront));
        Assert.Equal(1, completed.Sum(row => row.CostShare!.Value), 12);
        SeedSpread spread = SeedSpread.Of([1, 2, 4]);
        Assert.Equal(7.0 / 3, spread.Mean, 12);
        Assert.Equal(Math.Sqrt(7.0 / 3), spread.Deviation!.Value, 12);
        Assert.Null(SeedSpread.Of([1]).Deviation);
    }

    [Fact]
    public void The_same_results_give_the_same_bytes()
    {
        using TemporaryFolder folder = new();
        HtmlReport.Write(s_report, folder["one.html"]);
        HtmlReport.Write(s_report, folder["two.html"]);
        Assert.Equal(File.ReadAllBytes(folder["one.html"]), File.ReadAllBytes(folder["two.html"]));
    }

    private static SweepRow Row(string name, int width, double l0, double fvu, string method = "topk", double target = 16, long seed = 0) => new()
    {
        Name = name,
        Method = method,
        Width = width,
        TargetL0 = target,
        LearningRate = 0.01,
        Seed = seed,
        Tokens = 1000,
        Steps = 10,
        StepSeconds = l0,
        FrequencyHistogram = [new HistogramBin(-3, -2, 5), new HistogramBin(-2, -1, 8), new HistogramBin(-1, 0, 2)],
        Fidelity = new FidelityMeasures
        {
            Tokens = 500,
            Documents = 9,
            L0 = new Measurement(l0, new ConfidenceInterval(0.98 * l0, 1.02 * l0)),
            Fvu = new Measurement(fvu, new ConfidenceInterval(0.9 * fvu, 1.1 * fvu)),
            DeltaLoss = new Measurement(fvu / 2, new ConfidenceInterval(0.4 * fvu, 0.6 * fvu)),
            LossRecovered = new Measurement(1 - (fvu / 10), new ConfidenceInterval(0.9, 0.99)),
            Dead = 3,
            Above1Percent = 40,
            Above10Percent = 2,
        },
    };

    private static SweepReport Sample()
    {
        string[] methods = ["jumprelu", "gated", "topk", "batchtopk", "matryoshka", "relu"];
        List<SweepRow> rows = [];
        foreach (int width in new[] { 256, 2048 })
        {
            foreach (double target in new[] { 16.0, 64 })
            {
                for (int method = 0; method < methods.Length; method++)
                {
                    for (int seed = 0; seed < 2; seed++)
                    {
                        double fvu = (0.5 + (0.05 * method) + (0.01 * seed)) / Math.Sqrt(target * width / 256);
                        string name = string.Create(CultureInfo.InvariantCulture, $"{methods[method]}-l0-{target}-m{width}-s{seed}");
                        rows.Add(Row(name, width, target * (1 + (0.01 * method)), fvu, methods[method], target, seed));
                    }
                }
            }
        }

        return new SweepReport
        {
            Title = "6 methods on resid_post, layer 2, of sample-lm",
            Facts = [new ReportFact("Methods", string.Join(", ", methods)), new ReportFact("Text", "</script><b>quoted</b>")],
            Rows = SweepReport.Complete(rows),
        };
    }
}

using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Saltus.Reports;

namespace Saltus.Tests.Reports;

[Trait("needs", "browser")]
public sealed class ReportInBrowserTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const int Latents = 300;
    private static readonly Lazy<RunReport> s_report = new(() => SampleReports.Whole(Latents));

    [Fact]
    public async Task Every_section_is_drawn_without_a_complaint_or_a_request()
    {
        await using OpenReport open = await OpenReport.Open(chromium, s_report.Value);
        Assert.Equal(s_report.Value.Title, await open.Page.TitleAsync());
        Assert.Equal(["Training", "Fidelity", "Beside other tools", "How often latents are active", "Latents"], await open.Page.Locator("main h2").AllTextContentsAsync());
        ILocator charts = open.Page.Locator("figure.chart");
        await Assertions.Expect(charts).ToHaveCountAsync(11);
        await Assertions.Expect(open.Page.Locator(".chart-box[role=img] svg")).ToHaveCountAsync(11);
        await Assertions.Expect(open.Page.Locator(".compared tbody tr")).ToHaveCountAsync(s_report.Value.Comparison.Count + 1);
        await Assertions.Expect(open.Page.Locator(".list-status")).ToHaveTextAsync($"{Latents} latents");
        open.AssertQuiet();
    }

    [Fact]
    public async Task Only_the_rows_in_sight_are_in_the_page()
    {
        await using OpenReport open = await OpenReport.Open(chromium, s_report.Value);
        ILocator rows = open.Page.Locator(".row");
        Assert.InRange(await rows.CountAsync(), 8, 60);
        await open.Page.Locator(".list").EvaluateAsync("list => { list.scrollTop = list.scrollHeight; }");
        await Assertions.Expect(open.Page.Locator($".row[aria-posinset='{Latents}']")).ToBeVisibleAsync();
        Assert.InRange(await rows.CountAsync(), 8, 60);
        open.AssertQuiet();
    }

    [Fact]
    public async Task Sorting_puts_the_largest_first_and_the_other_way_round()
    {
        await using OpenReport open = await OpenReport.Open(chromium, s_report.Value);
        IPage page = open.Page;
        LatentReport[] byScore = [.. s_report.Value.Latents.Where(latent => !double.IsNaN(latent.TellingScore)).OrderByDescending(latent => latent.TellingScore)];
        ILocator first = page.Locator(".row[aria-posinset='1'] .row-index");
        await Assertions.Expect(first).ToHaveTextAsync($"{byScore[0].Index}");
        await page.GetByLabel("Sort by").SelectOptionAsync("max");
        await Assertions.Expect(first).ToHaveTextAsync($"{s_report.Value.Latents.MaxBy(latent => latent.MaxActivation)!.Index}");
        await page.GetByLabel("Sort by").SelectOptionAsync("index");
        await Assertions.Expect(first).ToHaveTextAsync("0");
        await page.GetByLabel("Reverse the order").ClickAsync();
        await Assertions.Expect(first).ToHaveTextAsync($"{Latents - 1}");
        await page.GetByLabel("Sort by").SelectOptionAsync("frequency");
        await Assertions.Expect(page.Locator(".row[aria-posinset='1'] .row-figure")).ToHaveTextAsync("0\u202f%");
        open.AssertQuiet();
    }

    [Fact]
    public async Task Search_finds_tokens_whole_tokens_and_indices()
    {
        await using OpenReport open = await OpenReport.Open(chromium, s_report.Value);
        IPage page = open.Page;
        ILocator status = page.Locator(".list-status");
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("the");
        await Assertions.Expect(status).ToHaveTextAsync($"{Found(text => text.Contains("the", StringComparison.OrdinalIgnoreCase))} of {Latents} latents");
        await page.Locator("#search").FillAsync("\"the\"");
        await Assertions.Expect(status).ToHaveTextAsync($"{Found(text => text.Trim().Equals("the", StringComparison.OrdinalIgnoreCase))} of {Latents} latents");
        await page.GetByLabel("Search in").SelectOptionAsync("index");
        await page.Locator("#search").FillAsync("123");
        await Assertions.Expect(status).ToHaveTextAsync($"1 of {Latents} latents");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#latent-title")).ToHaveTextAsync("Latent 123");
        await page.Locator("#search").FillAsync("no such token");
        await Assertions.Expect(page.GetByText("No latent matches.")).ToBeVisibleAsync();
        open.AssertQuiet();
    }

    [Fact]
    public async Task An_address_names_a_latent_and_keys_step_through_the_list()
    {
        await using OpenReport open = await OpenReport.Open(chromium, s_report.Value, "#latent=42");
        IPage page = open.Page;
        ILocator title = page.Locator("#latent-title");
        await Assertions.Expect(title).ToHaveTextAsync("Latent 42");
        await Assertions.Expect(title).ToBeInViewportAsync();
        await page.GetByLabel("Sort by").SelectOptionAsync("index");
        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("k");
        await Assertions.Expect(title).ToHaveTextAsync("Latent 43");
        Assert.EndsWith("#latent=43", page.Url);
        await page.Locator(".list").FocusAsync();
        await page.Keyboard.PressAsync("End");
        await Assertions.Expect(title).ToHaveTextAsync($"Latent {Latents - 1}");
        await page.Keyboard.PressAsync("ArrowUp");
        await Assertions.Expect(title).ToHaveTextAsync($"Latent {Latents - 2}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Previous" }).ClickAsync();
        await Assertions.Expect(title).ToHaveTextAsync($"Latent {Latents - 3}");
        await page.Locator(".row[aria-selected=false]").Last.ClickAsync();
        await Assertions.Expect(page.Locator(".row[aria-selected=true]")).ToHaveCountAsync(1);
        await page.GotoAsync(page.Url.Split('#')[0] + "#latent=43");
        await Assertions.Expect(title).ToHaveTextAsync("Latent 43");
        await page.Locator("a.neighbour").First.ClickAsync();
        await Assertions.Expect(title).ToHaveTextAsync("Latent " + page.Url.Split('=')[1]);
        open.AssertQuiet();
    }

    [Fact]
    public async Task A_latents_page_shows_what_the_report_holds()
    {
        LatentReport latent = s_report.Value.Latents[42];
        await using OpenReport open = await OpenReport.Open(chromium, s_report.Value, "#latent=42");
        IPage page = open.Page;
        await Assertions.Expect(page.Locator(".snippet-group").First.Locator(".snippet")).ToHaveCountAsync(latent.TopSnippets.Count);
        await Assertions.Expect(page.Locator(".interval-group")).ToHaveCountAsync(latent.IntervalSnippets.Count);
        await Assertions.Expect(page.Locator(".bars.promoted tbody tr")).ToHaveCountAsync(latent.Promoted.Count);
        await Assertions.Expect(page.Locator(".bars.suppressed tbody tr")).ToHaveCountAsync(latent.Suppressed.Count);
        ILocator focus = page.Locator(".snippet").First.Locator(".tok.focus");
        await focus.HoverAsync();
        await Assertions.Expect(page.Locator("#tip")).ToContainTextAsync($"position {latent.TopSnippets[0].Position}");
        open.AssertQuiet();
    }

    [Fact]
    public async Task Explanations_open_where_they_stand_and_the_comparison_sorts()
    {
        await using OpenReport open = await OpenReport.Open(chromium, s_report.Value);
        IPage page = open.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Delta loss", Exact = true }).First.ClickAsync();
        await Assertions.Expect(page.Locator("#explain-deltaLoss")).ToBeVisibleAsync();
        await page.GetByText("Explain every measure").ClickAsync();
        await Assertions.Expect(page.Locator("#explain-fvu")).ToBeVisibleAsync();
        await page.Locator(".compared").GetByRole(AriaRole.Button, new() { Name = "L0" }).ClickAsync();
        await Assertions.Expect(page.Locator(".compared tbody tr").First.Locator("td").Nth(2)).ToHaveTextAsync("16.42");
        open.AssertQuiet();
    }

    [Fact]
    public async Task The_theme_button_switches_and_the_choice_is_kept()
    {
        await using OpenReport open = await OpenReport.Open(chromium, s_report.Value, colours: ColorScheme.Dark);
        IPage page = open.Page;
        const string Background = "getComputedStyle(document.body).backgroundColor";
        string dark = await page.EvaluateAsync<string>(Background);
        await page.GetByLabel("Switch to light colours").ClickAsync();
        string light = await page.EvaluateAsync<string>(Background);
        Assert.NotEqual(dark, light);
        await page.ReloadAsync();
        Assert.Equal(light, await page.EvaluateAsync<string>(Background));
        open.AssertQuiet();
    }

    [Fact]
    public async Task Hostile_texts_are_shown_and_do_nothing()
    {
        await using OpenReport open = await OpenReport.Open(chromium, SampleReports.Hostile(HtmlReportTests.HostileTexts));
        await Assertions.Expect(open.Page.Locator(".bars tbody tr")).ToHaveCountAsync(2 * HtmlReportTests.HostileTexts.Length);
        await Assertions.Expect(open.Page.Locator(".snippet-text")).ToContainTextAsync("</script><script>alert(1)</script>");
        Assert.Equal(0, await open.Page.EvaluateAsync<int>("document.querySelectorAll('main script, main b').length"));
        bool fits = await open.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth");
        Assert.True(fits, "a long token pushes the page out of the window");
        open.AssertQuiet();
    }

    [Fact]
    public async Task A_report_with_nothing_but_its_required_parts_is_drawn()
    {
        RunReport bare = new() { Title = "bare", Provenance = new RunProvenance { Model = "m", Site = "embed", Width = 4, Dimension = 8, Method = "TopK" } };
        await using OpenReport open = await OpenReport.Open(chromium, bare);
        await Assertions.Expect(open.Page.Locator("h1")).ToHaveTextAsync("bare");
        open.AssertQuiet();
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Dark, 1440)]
    [InlineData(ColorScheme.Light, 390)]
    public async Task Axe_finds_no_violation(ColorScheme colours, int width)
    {
        await using OpenReport open = await OpenReport.Open(chromium, s_report.Value, width: width, colours: colours);
        await Assertions.Expect(open.Page.Locator(".snippet").First).ToBeAttachedAsync();
        AxeResult result = await open.Page.RunAxe();
        string[] found = [.. result.Violations.Select(violation => $"{violation.Id} ({violation.Impact}): {string.Join(" | ", violation.Nodes.Take(3).Select(node => node.Html))}")];
        Assert.True(found.Length == 0, string.Join("\n", found));
        bool fits = await open.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth");
        Assert.True(fits, $"the page is wider than a window of {width}");
        open.AssertQuiet();
    }

    /// <summary>Writes pictures for a person to look at when SALTUS_REPORT_PICTURES names a folder.</summary>
    [Fact]
    public async Task Pictures_can_be_taken()
    {
        string? folder = Environment.GetEnvironmentVariable("SALTUS_REPORT_PICTURES");
        (string Name, int Width, int Height, ColorScheme Colours)[] views = [("light", 1440, 900, ColorScheme.Light), ("dark", 1440, 900, ColorScheme.Dark), ("narrow", 390, 844, ColorScheme.Light)];
        foreach ((string name, int width, int height, ColorScheme colours) in string.IsNullOrEmpty(folder) ? views[..1] : views)
        {
            await using OpenReport open = await OpenReport.Open(chromium, s_report.Value, width: width, height: height, colours: colours);
            await Assertions.Expect(open.Page.Locator(".snippet").First).ToBeAttachedAsync();
            // A picture of the whole page shows more than a window does: what waits for the reader to scroll is to be drawn too.
            await open.Page.AddStyleTagAsync(new() { Content = ".snippet { content-visibility: visible !important; }" });
            byte[] picture = await open.Page.ScreenshotAsync(new() { FullPage = true });
            Assert.True(picture.Length > 50_000, "the picture is all but empty");
            if (!string.IsNullOrEmpty(folder))
            {
                await File.WriteAllBytesAsync(Path.Combine(folder, name + ".png"), picture);
                HtmlReport.Write(s_report.Value, Path.Combine(folder, "report.html"));
            }
        }
    }

    private static int Found(Func<string, bool> matches) => s_report.Value.Latents.Count(latent =>
        latent.TopTokens.Any(token => matches(token.Text)) || latent.Promoted.Concat(latent.Suppressed).Any(token => matches(token.Text)));
}

using Microsoft.Playwright;
using Saltus.Reports;
using Saltus.Tests.Support;

namespace Saltus.Tests.Reports;

/// <summary>A report that stands open in a browser, with everything that it asked for or complained about.</summary>
internal sealed class OpenReport : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly IBrowserContext _context;
    private readonly string _address;

    private OpenReport(TemporaryFolder folder, IBrowserContext context, IPage page)
    {
        _folder = folder;
        _context = context;
        Page = page;
        _address = new Uri(folder["report.html"]).AbsoluteUri;
    }

    public IPage Page { get; }

    /// <summary>Console errors, warnings and uncaught exceptions.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>Requests for anything but the file itself; all of them are refused.</summary>
    public List<string> Requests { get; } = [];

    public static Task<OpenReport> Open(Chromium chromium, RunReport report, string fragment = "", int width = 1440, int height = 900, ColorScheme colours = ColorScheme.Light) =>
        Open(chromium, path => HtmlReport.Write(report, path), fragment, width, height, colours);

    public static async Task<OpenReport> Open(
        Chromium chromium, Action<string> write, string fragment = "", int width = 1440, int height = 900, ColorScheme colours = ColorScheme.Light)
    {
        IBrowserContext context = await chromium.Browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = colours,
            ReducedMotion = ReducedMotion.Reduce,
        });
        TemporaryFolder folder = new();
        write(folder["report.html"]);
        IPage page = await context.NewPageAsync();
        OpenReport open = new(folder, context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                open.Complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => open.Complaints.Add(error);
        await page.RouteAsync("**/*", async route =>
        {
            if (route.Request.Url.Split('#')[0] == open._address || route.Request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                await route.ContinueAsync();
                return;
            }

            open.Requests.Add(route.Request.Url);
            await route.AbortAsync();
        });
        await page.GotoAsync(open._address + fragment);
        return open;
    }

    /// <summary>Asserts that nothing was complained about or asked for so far.</summary>
    public void AssertQuiet()
    {
        Assert.True(Complaints.Count == 0, "the console says: " + string.Join("; ", Complaints));
        Assert.True(Requests.Count == 0, "the page asked for: " + string.Join("; ", Requests));
    }

    public async ValueTask DisposeAsync()
    {
        await _context.CloseAsync();
        _folder.Dispose();
    }
}

using Saltus.Cli.Hub;
using Saltus.Tests.Support;

namespace Saltus.Tests.Cli.Hub;

public sealed class HubDownloadTests : IDisposable
{
    private const string Weights = "model.safetensors";

    private readonly TemporaryFolder _folder = new();
    private readonly LoopbackHub _hub = new();
    private readonly List<string> _notes = [];
    private readonly HubName _name = HubName.Parse("org/name");

    public HubDownloadTests()
    {
        _hub.Files[Weights] = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 31))];
        _hub.Files["config.json"] = "{}"u8.ToArray();
        _hub.Large.Add(Weights);
    }

    private HubSettings Settings => new() { Endpoint = _hub.Address, Cache = _folder["hub"], FirstDelay = TimeSpan.FromMilliseconds(1), Patience = TimeSpan.FromSeconds(20) };

    private string Blob => Path.Combine(_folder["hub"], "models--org--name", "blobs", _hub.TagOf(Weights));

    public void Dispose()
    {
        _hub.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_cache_is_laid_out_as_other_tools_lay_it_out()
    {
        await Fetch("config.json");
        await Fetch(Weights);
        string root = Path.Combine(_folder["hub"], "models--org--name");
        string snapshot = Path.Combine(root, "snapshots", LoopbackHub.Commit);
        Assert.Equal($"../../blobs/{_hub.TagOf(Weights)}", new FileInfo(Path.Combine(snapshot, Weights)).LinkTarget);
        Assert.Equal(_hub.Files[Weights], File.ReadAllBytes(Path.Combine(snapshot, Weights)));
        Assert.Equal("{}", File.ReadAllText(Path.Combine(snapshot, "config.json")));
        Assert.Equal([_hub.TagOf("config.json"), _hub.TagOf(Weights)], Directory.EnumerateFiles(Path.Combine(root, "blobs")).Select(Path.GetFileName).OrderBy(tag => tag!.Length));
        HubCache cache = new(_folder["hub"]);
        Assert.Null(cache.FindSnapshot(_name));
        cache.WriteReference(_name, LoopbackHub.Commit);
        Assert.Equal(LoopbackHub.Commit, File.ReadAllText(Path.Combine(root, "refs", "main")));
        Assert.Equal(snapshot, cache.FindSnapshot(_name));
        Assert.Equal(snapshot, cache.FindSnapshot(HubName.Parse($"org/name@{LoopbackHub.Commit}")));
        Assert.Null(cache.FindSnapshot(HubName.Parse("org/name@v2")));
    }

    [Fact]
    public async Task A_dropped_connection_goes_on_from_the_byte_that_came_last()
    {
        _hub.Faults.Enqueue(new HubFault { DropAfter = 30_000 });
        _hub.Faults.Enqueue(new HubFault { DropAfter = 30_000 });
        await Fetch(Weights);
        Assert.Equal(_hub.Files[Weights], File.ReadAllBytes(Blob));
        string[] ranges = [.. _hub.ContentRequests.Where(request => request.StartsWith($"GET /{Weights}", StringComparison.Ordinal))];
        Assert.Equal([$"GET /{Weights}", $"GET /{Weights} bytes=30000-", $"GET /{Weights} bytes=60000-"], ranges);
        Assert.Equal(2, _notes.Count);
    }

    [Fact]
    public async Task What_an_earlier_try_left_is_gone_on_with_and_thrown_away_where_it_is_damaged()
    {
        Partial(_hub.Files[Weights][..40_000]);
        await Fetch(Weights);
        Assert.Contains($"GET /{Weights} bytes=40000-", _hub.ContentRequests);
        File.Delete(Blob);
        Partial([.. Enumerable.Repeat((byte)7, 40_000)]);
        await Fetch(Weights);
        Assert.Equal(_hub.Files[Weights], File.ReadAllBytes(Blob));
        File.Delete(Blob);
        Partial([.. Enumerable.Repeat((byte)7, 200_000)]);
        await Fetch(Weights);
        Assert.Equal(_hub.Files[Weights], File.ReadAllBytes(Blob));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(408)]
    public async Task A_busy_hub_is_asked_again(int status)
    {
        _hub.Faults.Enqueue(new HubFault { Status = status, RetryAfter = status == 429 ? 1 : null });
        await Fetch(Weights);
        Assert.Equal(_hub.Files[Weights], File.ReadAllBytes(Blob));
        Assert.Contains($"{status}", Assert.Single(_notes), StringComparison.Ordinal);
        if (status == 429)
        {
            Assert.Contains("again in 1 s", _notes[0], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(416)]
    [InlineData(200)]
    public async Task A_hub_that_cannot_go_on_from_a_byte_is_asked_from_the_start(int status)
    {
        Partial(_hub.Files[Weights][..40_000]);
        _hub.Faults.Enqueue(status == 416 ? new HubFault { Status = 416 } : new HubFault { IgnoresRange = true });
        await Fetch(Weights);
        Assert.Equal(_hub.Files[Weights], File.ReadAllBytes(Blob));
    }

    [Fact]
    public async Task A_hub_that_stays_down_is_given_up_with_one_line_and_what_came_is_kept()
    {
        _hub.Faults.Enqueue(new HubFault { DropAfter = 10_000 });
        for (int i = 0; i < 20; i++)
        {
            _hub.Faults.Enqueue(new HubFault { Status = 502 });
        }

        HubException exception = await Assert.ThrowsAsync<HubException>(() => Fetch(Weights));
        Assert.Equal(HubError.Server, exception.Error);
        Assert.Contains("502", exception.Message, StringComparison.Ordinal);
        Assert.Equal(_hub.Files[Weights][..10_000], File.ReadAllBytes(Blob + ".incomplete"));
        Assert.False(File.Exists(Blob));
    }

    [Fact]
    public async Task Another_size_and_another_content_than_the_hub_says_are_refused()
    {
        _hub.Faults.Enqueue(new HubFault { Surplus = [1] });
        Assert.Equal(HubError.Size, (await Assert.ThrowsAsync<HubException>(() => Fetch(Weights))).Error);
        _hub.Faults.Enqueue(new HubFault { Damages = true });
        HubException exception = await Assert.ThrowsAsync<HubException>(() => Fetch(Weights));
        Assert.Equal(HubError.Checksum, exception.Error);
        Assert.Contains(_hub.TagOf(Weights), exception.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Blob));
        _hub.Faults.Enqueue(new HubFault { Damages = true });
        Assert.Equal(HubError.Checksum, (await Assert.ThrowsAsync<HubException>(() => Fetch("config.json"))).Error);
        await Fetch(Weights);
        Assert.Equal(_hub.Files[Weights], File.ReadAllBytes(Blob));
    }

    [Fact]
    public async Task A_silent_hub_counts_as_dropped()
    {
        using System.Net.Sockets.TcpListener silent = new(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        HubSettings settings = Settings with { Endpoint = new Uri($"http://{silent.LocalEndpoint}/"), Patience = TimeSpan.FromMilliseconds(50) };
        using HubDownload download = new(settings, TimeProvider.System, _notes.Add);
        HubException exception = await Assert.ThrowsAsync<HubException>(() => download.Describe(_name, TestContext.Current.CancellationToken));
        Assert.Equal(HubError.Connection, exception.Error);
        Assert.Contains("silent for 0.1 s", exception.Message, StringComparison.Ordinal);
        Assert.Equal(5, _notes.Count);
    }

    [Fact]
    public async Task Paths_that_leave_the_folder_are_refused()
    {
        foreach (string path in new[] { "../x", "a/../../x", "/etc/x", "a\\b", "C:x", "a//b" })
        {
            using LoopbackHub hub = new();
            hub.Files[path] = [1];
            using HubDownload download = new(Settings with { Endpoint = hub.Address }, TimeProvider.System, _notes.Add);
            HubException exception = await Assert.ThrowsAsync<HubException>(() => download.Describe(_name, TestContext.Current.CancellationToken));
            Assert.Equal(HubError.Answer, exception.Error);
        }
    }

    private void Partial(byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Blob)!);
        File.WriteAllBytes(Blob + ".incomplete", content);
    }

    private async Task Fetch(string path)
    {
        using HubDownload download = new(Settings, TimeProvider.System, _notes.Add);
        HubRevision revision = await download.Describe(_name, TestContext.Current.CancellationToken);
        HubFile file = await download.Inspect(_name, revision.Commit, path, TestContext.Current.CancellationToken);
        Assert.Equal(_hub.Files[path].Length, file.Bytes);
        await download.Fetch(_name, revision.Commit, file, _ => { }, TestContext.Current.CancellationToken);
    }
}

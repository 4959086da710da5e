using System.Net;
using Polly;
using Polly.Retry;
using Saltus.Formats;

namespace Saltus.Cli.Hub;

/// <summary>
/// Fetches contents into a cache: appended to a partial file that any later try goes on with, renamed once size and checksum are right. What
/// breaks off is repeated with growing waits, from the byte that came last; what is wrong is not.
/// </summary>
internal sealed class HubDownload : IDisposable
{
    /// <summary>Repetitions without a single new byte before giving up.</summary>
    private const int MostRetries = 5;

    private const int BufferBytes = 1 << 20;
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(5);

    private readonly HubClient _client;
    private readonly HubCache _cache;
    private readonly ResiliencePipeline _retries;
    private readonly byte[] _buffer = new byte[BufferBytes];

    /// <summary>Creates a fetcher.</summary>
    /// <param name="settings">The hub and the cache.</param>
    /// <param name="time">The clock of the waits.</param>
    /// <param name="note">Is told of each repetition.</param>
    public HubDownload(HubSettings settings, TimeProvider time, Action<string> note)
    {
        _client = new HubClient(settings);
        _cache = new HubCache(settings.Cache);
        _retries = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<HubException>(exception => exception.IsTransient && !(exception.RetryAfter > s_longestWait)),
                MaxRetryAttempts = MostRetries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = settings.FirstDelay,
                MaxDelay = s_longestWait,
                DelayGenerator = attempt => new ValueTask<TimeSpan?>((attempt.Outcome.Exception as HubException)?.RetryAfter),
                OnRetry = attempt =>
                {
                    note($"{attempt.Outcome.Exception!.Message.Split("; ")[0]}; again in {attempt.RetryDelay.TotalSeconds:0.#} s");
                    return default;
                },
            })
            .Build();
    }

    /// <summary>Asks what a repository holds.</summary>
    /// <exception cref="HubException">The hub did not say.</exception>
    public Task<HubRevision> Describe(HubName name, CancellationToken cancellation) =>
        _retries.ExecuteAsync(async token => await _client.Describe(name, token).ConfigureAwait(false), cancellation).AsTask();

    /// <summary>Asks what a file's content is known by.</summary>
    /// <exception cref="HubException">The hub did not say.</exception>
    public Task<HubFile> Inspect(HubName name, string commit, string path, CancellationToken cancellation) =>
        _retries.ExecuteAsync(async token => await _client.Inspect(name, commit, path, token).ConfigureAwait(false), cancellation).AsTask();

    /// <summary>Gets how many bytes of a file have still to come.</summary>
    public long Missing(HubName name, HubFile file)
    {
        FileInfo partial = new(_cache.PartialPath(name, file.Tag));
        return File.Exists(_cache.BlobPath(name, file.Tag)) ? 0 : Math.Max(0, file.Bytes - (partial.Exists ? partial.Length : 0));
    }

    /// <summary>Brings one file into the snapshot of a commit.</summary>
    /// <param name="name">The repository.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="file">The file.</param>
    /// <param name="came">Is told of bytes as they come.</param>
    /// <param name="cancellation">Stops; what has come is kept.</param>
    /// <exception cref="HubException">The hub failed for good, or sent something else than it said.</exception>
    /// <exception cref="InputException">The file system refused, or another process is fetching the same.</exception>
    public async Task Fetch(HubName name, string commit, HubFile file, Action<long> came, CancellationToken cancellation)
    {
        string blob = _cache.BlobPath(name, file.Tag);
        if (!File.Exists(blob))
        {
            string locked = _cache.LockPath(name, file.Tag);
            HubCache.CreateFolder(Path.GetDirectoryName(blob)!);
            HubCache.CreateFolder(Path.GetDirectoryName(locked)!);
            using FileStream held = Lock(locked);
            await FetchBlob(name, commit, file, came, cancellation).ConfigureAwait(false);
        }

        _cache.Link(name, commit, file);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            throw new InputException($"'{path}': cannot be locked: another process is fetching the same file, or the folder cannot be written; wait for it, or set HF_HOME", exception);
        }
    }

    private async Task FetchBlob(HubName name, string commit, HubFile file, Action<long> came, CancellationToken cancellation)
    {
        string partial = _cache.PartialPath(name, file.Tag);
        for (int failures = 0; ;)
        {
            long before = LengthOf(partial);
            try
            {
                await _retries.ExecuteAsync(async token => await FetchRest(name, commit, file, partial, came, token).ConfigureAwait(false), cancellation).ConfigureAwait(false);
                break;
            }
            catch (HubException exception) when (exception.IsTransient && LengthOf(partial) > before)
            {
                // It broke off again and again but went on: a slow line is not a dead one.
            }
            catch (HubException exception) when (exception.Error is HubError.Checksum && failures++ == 0 && before > 0)
            {
                // What an earlier try left may be damaged: the whole file once more, and then no more.
                came(-Math.Min(before, file.Bytes));
            }
        }

        try
        {
            string blob = _cache.BlobPath(name, file.Tag);
            File.Move(partial, blob, overwrite: true);
            DiskFlush.WaitFolder(Path.GetDirectoryName(blob)!);
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            throw FileErrors.Writing(_cache.BlobPath(name, file.Tag), exception);
        }
    }

    private async Task FetchRest(HubName name, string commit, HubFile file, string partial, Action<long> came, CancellationToken cancellation)
    {
        using FileStream target = OpenPartial(partial);
        if (target.Length > file.Bytes)
        {
            target.SetLength(0);
        }

        using BlobCheck check = new(file);
        await CheckWhatCame(target, check, cancellation).ConfigureAwait(false);
        if (target.Length < file.Bytes)
        {
            using HttpResponseMessage response = await _client.Open(name, commit, file.Path, target.Length, cancellation).ConfigureAwait(false);
            if (target.Length > 0 && response.StatusCode != HttpStatusCode.PartialContent)
            {
                // 200: this server sends files from their start only. 416: it knows of no such byte. Either way what came before does not serve.
                came(-target.Length);
                target.SetLength(0);
                throw new HubException(HubError.Connection, $"{name}, {file.Path}: the hub cannot go on from a byte (status {(int)response.StatusCode}); from the start");
            }

            await Append(response, file, target, check, came, cancellation).ConfigureAwait(false);
        }

        await Finish(name, file, target, check, cancellation).ConfigureAwait(false);
    }

    private async Task Append(HttpResponseMessage response, HubFile file, FileStream target, BlobCheck check, Action<long> came, CancellationToken cancellation)
    {
        Uri address = response.RequestMessage!.RequestUri!;
        for (int read; (read = await _client.Read(response, _buffer, address, cancellation).ConfigureAwait(false)) > 0;)
        {
            if (target.Length + read > file.Bytes)
            {
                target.SetLength(0);
                throw new HubException(HubError.Size, $"{file.Path}: expected {file.Bytes} bytes as the hub says, found more; repeat, and check HF_ENDPOINT if it stays so");
            }

            try
            {
                await target.WriteAsync(_buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            }
            catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
            {
                throw FileErrors.Appending(target.Name, exception);
            }

            check.Append(_buffer.AsSpan(0, read));
            came(read);
        }

        if (target.Length < file.Bytes)
        {
            throw new HubException(HubError.Connection, $"{address}: the connection ended at byte {target.Length} of {file.Bytes}; repeat: what has come is kept");
        }
    }

    private static async Task Finish(HubName name, HubFile file, FileStream target, BlobCheck check, CancellationToken cancellation)
    {
        if (check.Mismatch() is string found)
        {
            target.SetLength(0);
            throw new HubException(HubError.Checksum, $"{name}, {file.Path}: expected content with checksum {file.Tag}, found {found}; it was thrown away: repeat, and check HF_ENDPOINT if it stays so");
        }

        try
        {
            await target.FlushAsync(cancellation).ConfigureAwait(false);
            DiskFlush.Wait(target);
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            throw FileErrors.Appending(target.Name, exception);
        }
    }

    private async Task CheckWhatCame(FileStream target, BlobCheck check, CancellationToken cancellation)
    {
        target.Position = 0;
        for (int read; (read = await target.ReadAsync(_buffer, cancellation).ConfigureAwait(false)) > 0;)
        {
            check.Append(_buffer.AsSpan(0, read));
        }
    }

    private static FileStream OpenPartial(string path)
    {
        try
        {
            // No buffer: a kill loses nothing that was written.
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            throw FileErrors.Writing(path, exception);
        }
    }

    private static long LengthOf(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;
}

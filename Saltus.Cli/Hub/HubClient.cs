using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Saltus.Formats;

namespace Saltus.Cli.Hub;

/// <summary>Asks a hub: what a repository holds, what a file's content is known by, and the content itself from any byte on.</summary>
internal sealed partial class HubClient : IDisposable
{
    private const int MostRedirects = 10;

    /// <summary>Largest answer about a repository, in bytes: some hold tens of thousands of files.</summary>
    private const int LargestAnswer = 64 << 20;

    private readonly HubSettings _settings;
    private readonly HttpClient _http;

    /// <summary>Creates a client.</summary>
    /// <param name="settings">Where the hub is, and who asks.</param>
    public HubClient(HubSettings settings)
    {
        _settings = settings;

        // Redirects are followed here: the token must not reach another host.
        HttpMessageHandler handler = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = settings.Patience, AutomaticDecompression = DecompressionMethods.None };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue(Tool.Name, ToolCommand.Version));
    }

    /// <summary>Asks what a repository holds.</summary>
    /// <exception cref="HubException">The hub did not say.</exception>
    public async Task<HubRevision> Describe(HubName name, CancellationToken cancellation)
    {
        Uri address = new(_settings.Endpoint, $"api/{name.ApiPath}/revision/{Uri.EscapeDataString(name.Revision)}");
        using HttpResponseMessage response = await Send(HttpMethod.Get, address, from: 0, name, cancellation).ConfigureAwait(false);
        byte[] body = await ReadAll(response, address, cancellation).ConfigureAwait(false);
        JsonFields fields = JsonFields.Parse(body, address.ToString());
        string commit = fields.GetString("sha");
        if (!CommitPattern().IsMatch(commit))
        {
            throw fields.Invalid("sha", "the 40 hexadecimal digits of a commit");
        }

        List<string> paths = [.. fields.GetObjects("siblings").Select(file => file.GetString("rfilename"))];
        paths.Sort(StringComparer.Ordinal);
        return paths.Find(path => !IsInside(path)) is string bad
            ? throw new HubException(HubError.Answer, $"{name}: expected paths inside the repository, the hub lists '{bad}'; nothing was fetched")
            : new HubRevision(commit, paths);
    }

    /// <summary>Asks what a file's content is known by.</summary>
    /// <exception cref="HubException">The hub did not say.</exception>
    public async Task<HubFile> Inspect(HubName name, string commit, string path, CancellationToken cancellation)
    {
        Uri address = FileAddress(name, commit, path);
        using HttpResponseMessage response = await Send(HttpMethod.Head, address, from: 0, name, cancellation).ConfigureAwait(false);
        string? tag = (Header(response, "X-Linked-Etag") ?? Header(response, "ETag"))?.Replace("W/", string.Empty, StringComparison.Ordinal).Trim('"');
        string? size = Header(response, "X-Linked-Size") ?? response.Content.Headers.ContentLength?.ToString();
        return tag is not null && TagPattern().IsMatch(tag) && long.TryParse(size, out long bytes) && bytes >= 0
            ? new HubFile(path, tag, bytes)
            : throw new HubException(HubError.Answer, $"{address}: expected the headers ETag and Content-Length of a hub, found ETag '{tag}' and length '{size}'; check HF_ENDPOINT");
    }

    /// <summary>Asks for a file's content.</summary>
    /// <param name="name">The repository.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="path">The file.</param>
    /// <param name="from">The first byte wanted.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>The answer, whose content is read by the caller; status 206 from that byte on, 200 from the start, 416 where there is no such byte.</returns>
    /// <exception cref="HubException">The hub refused.</exception>
    public Task<HttpResponseMessage> Open(HubName name, string commit, string path, long from, CancellationToken cancellation) =>
        Send(HttpMethod.Get, FileAddress(name, commit, path), from, name, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Whether a path of the hub stays below the folder that it is put into. A colon is refused where it means a drive, or any on Windows; published folders have some.</summary>
    internal static bool IsInside(string path) =>
        path.Length > 0 && !path.Contains('\\', StringComparison.Ordinal) && !path.Contains('\0', StringComparison.Ordinal)
        && path.IndexOf(':', StringComparison.Ordinal) is int colon && (colon < 0 || (colon > 1 && !OperatingSystem.IsWindows()))
        && Array.TrueForAll(path.Split('/'), part => part is not ("" or "." or ".."));

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.First() : null;

    private static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 303 or 307 or 308;

    private Uri FileAddress(HubName name, string commit, string path) =>
        new(_settings.Endpoint, $"{name.PagePath}/resolve/{commit}/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}");

    private async Task<HttpResponseMessage> Send(HttpMethod method, Uri address, long from, HubName name, CancellationToken cancellation)
    {
        Uri next = address;
        for (int redirects = 0; redirects <= MostRedirects; redirects++)
        {
            bool isHub = next.Scheme == _settings.Endpoint.Scheme && next.Authority == _settings.Endpoint.Authority;
            HttpResponseMessage response = await SendOnce(method, next, from, isHub, cancellation).ConfigureAwait(false);
            bool isElsewhere = IsRedirect(response.StatusCode) && response.Headers.Location is Uri to && new Uri(next, to).Authority != _settings.Endpoint.Authority;

            // What a large file is known by stands in the hub's own answer, not in that of the store it sends to.
            if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable || (isElsewhere && method == HttpMethod.Head))
            {
                return response;
            }

            using (response)
            {
                next = IsRedirect(response.StatusCode) && response.Headers.Location is Uri location ? new Uri(next, location) : throw HubRefusals.From(response, name, address, _settings);
            }

            if (next.Scheme is not ("http" or "https") || (address.Scheme == "https" && next.Scheme != "https"))
            {
                throw new HubException(HubError.Answer, $"{address}: expected a redirect to https, found one to '{next}'; check HF_ENDPOINT");
            }
        }

        throw new HubException(HubError.Answer, $"{address}: expected a file, found more than {MostRedirects} redirects; check HF_ENDPOINT");
    }

    private async Task<HttpResponseMessage> SendOnce(HttpMethod method, Uri address, long from, bool isHub, CancellationToken cancellation)
    {
        using HttpRequestMessage request = new(method, address);
        if (isHub && _settings.Token is string token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (from > 0)
        {
            request.Headers.Range = new RangeHeaderValue(from, null);
        }

        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(_settings.Patience);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsConnection(exception, cancellation))
        {
            throw NoConnection(address, exception);
        }
    }

    private async Task<byte[]> ReadAll(HttpResponseMessage response, Uri address, CancellationToken cancellation)
    {
        using MemoryStream body = new();
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = await Read(response, buffer, address, cancellation).ConfigureAwait(false)) > 0;)
        {
            body.Write(buffer, 0, read);
            if (body.Length > LargestAnswer)
            {
                throw new HubException(HubError.Answer, $"{address}: expected at most {LargestAnswer} bytes about a repository, found more");
            }
        }

        return body.ToArray();
    }

    /// <summary>Reads the next bytes of an answer.</summary>
    /// <exception cref="HubException">The connection broke off or fell silent.</exception>
    internal async Task<int> Read(HttpResponseMessage response, Memory<byte> buffer, Uri address, CancellationToken cancellation)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(_settings.Patience);
        try
        {
            Stream stream = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
            return await stream.ReadAsync(buffer, patience.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsConnection(exception, cancellation))
        {
            throw NoConnection(address, exception);
        }
    }

    private static bool IsConnection(Exception exception, CancellationToken cancellation) =>
        exception is HttpRequestException or IOException || (exception is OperationCanceledException && !cancellation.IsCancellationRequested);

    private HubException NoConnection(Uri address, Exception cause)
    {
        string reason = cause is OperationCanceledException ? $"silent for {_settings.Patience.TotalSeconds:0.#} s" : cause.GetBaseException().Message.ReplaceLineEndings(" ").TrimEnd('.');
        return new HubException(HubError.Connection, $"{address}: no connection that lasts: {reason}; check the network and HF_ENDPOINT, then repeat: what has come is kept", innerException: cause);
    }

    [GeneratedRegex("^[0-9a-f]{40}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex CommitPattern();

    /// <summary>A tag becomes a file's name.</summary>
    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TagPattern();
}

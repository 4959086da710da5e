using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Saltus.Tests.Cli.Hub;

/// <summary>
/// A hub on this machine's loopback: the answers of huggingface.co to what a fetch asks, and its faults on request. Large files are sent to by a
/// redirect to a second address, as the real hub does.
/// </summary>
internal sealed class LoopbackHub : IDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly HttpListener _hub = new();
    private readonly HttpListener _store = new();

    public LoopbackHub(string repository = "org/name")
    {
        Repository = repository;
        Address = Listen(_hub);
        StoreAddress = Listen(_store);
        _ = Serve(_hub, AnswerAsHub);
        _ = Serve(_store, AnswerAsStore);
    }

    /// <summary>A hub whose only repository holds the bundled language model, its weights in the store.</summary>
    public static LoopbackHub OfSampleModel(string repository, string? token = null)
    {
        LoopbackHub hub = new(repository) { Token = token };
        foreach (string name in new[] { "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "README.md" })
        {
            hub.Files[name] = File.ReadAllBytes(Path.Combine(SampleText.Model, name));
        }

        hub.Files["onnx/model.onnx"] = [1];
        hub.Large.Add("model.safetensors");
        return hub;
    }

    /// <summary>The environment of a program that is to use this hub and nothing of this machine's own cache.</summary>
    public Dictionary<string, string> Environment(string cache, string? token = null) => new(StringComparer.Ordinal)
    {
        ["HF_ENDPOINT"] = Address.ToString(),
        ["HF_HOME"] = cache,
        ["HF_HUB_CACHE"] = cache,
        ["HF_TOKEN"] = token ?? string.Empty,
        ["HF_HUB_OFFLINE"] = "0",
    };

    public string Repository { get; }

    /// <summary>Further repositories, which hold the same files.</summary>
    public HashSet<string> Others { get; } = new(StringComparer.Ordinal);

    public Uri Address { get; }

    public Uri StoreAddress { get; }

    /// <summary>Contents by path.</summary>
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Paths that lie in the store, known by their SHA-256.</summary>
    public HashSet<string> Large { get; } = new(StringComparer.Ordinal);

    /// <summary>The token that the hub asks for; null for none.</summary>
    public string? Token { get; init; }

    /// <summary>What goes wrong, in this order, with requests for content or, where there is none, for anything.</summary>
    public ConcurrentQueue<HubFault> Faults { get; } = new();

    /// <summary>Every request: "GET /path bytes=5- Bearer x".</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Requests for contents only.</summary>
    public string[] ContentRequests => [.. Requests.Where(request => request.StartsWith("GET ", StringComparison.Ordinal) && !request.Contains("/api/", StringComparison.Ordinal))];

    /// <summary>What a path's content is known by.</summary>
    public string TagOf(string path)
    {
        byte[] content = Files[path];
        return Convert.ToHexStringLower(Large.Contains(path)
            ? SHA256.HashData(content)
#pragma warning disable CA5350 // git's own choice
            : SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));
#pragma warning restore CA5350
    }

    public void Dispose()
    {
        _hub.Close();
        _store.Close();
    }

    private static Uri Listen(HttpListener listener)
    {
        for (int attempt = 0; ; attempt++)
        {
            using System.Net.Sockets.TcpListener probe = new(IPAddress.Loopback, 0);
            probe.Start();
            string address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
            probe.Stop();
            listener.Prefixes.Clear();
            listener.Prefixes.Add(address);
            try
            {
                listener.Start();
                return new Uri(address);
            }
            catch (HttpListenerException) when (attempt < 20)
            {
                // Another process took the port in between.
            }
        }
    }

    private async Task Serve(HttpListener listener, Action<HttpListenerContext> answer)
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            HttpListenerRequest request = context.Request;
            Requests.Enqueue(string.Join(' ', new[] { request.HttpMethod, request.RawUrl, request.Headers["Range"], request.Headers["Authorization"] }.Where(part => part is not null)));
            try
            {
                answer(context);
            }
            catch (Exception exception) when (exception is HttpListenerException or IOException or InvalidOperationException)
            {
                context.Response.Abort();
            }
        }
    }

    private void AnswerAsHub(HttpListenerContext context)
    {
        string path = Uri.UnescapeDataString(context.Request.Url!.AbsolutePath).TrimStart('/');
        string repository = Others.FirstOrDefault(name => path.Contains(name, StringComparison.Ordinal)) ?? Repository;
        string description = $"api/models/{repository}/revision/";
        string content = $"{repository}/resolve/{Commit}/";
        if (Token is not null && context.Request.Headers["Authorization"] != $"Bearer {Token}")
        {
            Refuse(context, context.Request.Headers["Authorization"] is null ? 401 : 403);
        }
        else if (path.StartsWith(description, StringComparison.Ordinal))
        {
            if (Faults.TryPeek(out HubFault? fault) && fault.IsOfDescription && Faults.TryDequeue(out _))
            {
                Refuse(context, fault.Status, fault.RetryAfter, fault.Code);
                return;
            }

            bool isKnown = path[description.Length..] is "main" or "v1" or Commit;
            if (isKnown)
            {
                Write(context, JsonSerializer.SerializeToUtf8Bytes(new { sha = Commit, siblings = Files.Keys.Select(file => new { rfilename = file }) }));
            }
            else
            {
                Refuse(context, 404, code: "RevisionNotFound");
            }
        }
        else if (path.StartsWith(content, StringComparison.Ordinal) && Files.ContainsKey(path[content.Length..]))
        {
            AnswerFile(context, path[content.Length..]);
        }
        else
        {
            Refuse(context, 404, code: path.StartsWith(content, StringComparison.Ordinal) ? "EntryNotFound" : "RepoNotFound");
        }
    }

    private void AnswerFile(HttpListenerContext context, string path)
    {
        HttpListenerResponse response = context.Response;
        response.Headers["X-Repo-Commit"] = Commit;
        if (Large.Contains(path))
        {
            response.Headers["X-Linked-Etag"] = $"\"{TagOf(path)}\"";
            response.Headers["X-Linked-Size"] = $"{Files[path].Length}";
            response.Redirect(new Uri(StoreAddress, Uri.EscapeDataString(path)).ToString());
            response.Close();
        }
        else
        {
            response.Headers["ETag"] = $"\"{TagOf(path)}\"";
            Send(context, Files[path]);
        }
    }

    private void AnswerAsStore(HttpListenerContext context) => Send(context, Files[Uri.UnescapeDataString(context.Request.Url!.AbsolutePath)[1..]]);

    private void Send(HttpListenerContext context, byte[] content)
    {
        HttpListenerResponse response = context.Response;
        if (context.Request.HttpMethod == "HEAD")
        {
            response.ContentLength64 = content.Length;
            response.Close();
            return;
        }

        HubFault? fault = Faults.TryPeek(out HubFault? next) && !next.IsOfDescription && Faults.TryDequeue(out next) ? next : null;
        if (fault?.Status > 0)
        {
            Refuse(context, fault.Status, fault.RetryAfter, fault.Code);
            return;
        }

        int from = fault?.IgnoresRange == true ? 0 : int.Parse(context.Request.Headers["Range"]?["bytes=".Length..^1] ?? "0");
        if (from > 0)
        {
            response.StatusCode = 206;
            response.Headers["Content-Range"] = $"bytes {from}-{content.Length - 1}/{content.Length}";
        }

        byte[] rest = fault?.Damages == true ? [.. content.Skip(from).Select(value => (byte)~value)] : content[from..];
        rest = [.. rest, .. fault?.Surplus ?? []];
        response.ContentLength64 = rest.Length;
        if (fault?.DropAfter is int bytes)
        {
            response.OutputStream.Write(rest, 0, Math.Min(bytes, rest.Length));
            response.OutputStream.Flush();
            response.Abort();
            return;
        }

        Write(context, rest);
    }

    private static void Write(HttpListenerContext context, byte[] body)
    {
        context.Response.ContentLength64 = body.Length;
        context.Response.OutputStream.Write(body);
        context.Response.Close();
    }

    private static void Refuse(HttpListenerContext context, int status, int? retryAfter = null, string? code = null)
    {
        context.Response.StatusCode = status;
        if (retryAfter is int seconds)
        {
            context.Response.Headers["Retry-After"] = $"{seconds}";
        }

        if (code is not null)
        {
            context.Response.Headers["X-Error-Code"] = code;
        }

        context.Response.Close();
    }
}

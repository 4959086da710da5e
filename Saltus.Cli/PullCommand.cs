using System.CommandLine;
using Saltus.Cli.Hub;
using Saltus.Cli.Releases;

namespace Saltus.Cli;

/// <summary><c>pull NAME</c>: a repository of the hub, or one published SAE of it → the cache that <c>huggingface_hub</c> uses too.</summary>
internal sealed class PullCommand : Verb
{
    private readonly Argument<string> _name = new("NAME")
    {
        Description = "Repository such as org/name, org/name@revision or datasets/org/name; or a published SAE such as gpt2-small-res-jb/blocks.8.hook_resid_pre.",
    };

    private readonly Option<string[]> _include = OptionKinds.Texts(
        "--include", "PATTERN", "Files to fetch, such as '*.Q4_1.gguf' (* matches slashes too); default: a language model's own files. May be repeated.");

    private readonly Option<bool> _list = new("--list") { Description = "Only list what the repository holds." };

    /// <summary>Creates the command.</summary>
    public PullCommand(ToolContext context)
        : base(context, "pull", "fetch a model or a published SAE from the hub into its cache")
    {
        Arguments.Add(_name);
        Options.Add(_include);
        Options.Add(_list);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "saltus pull HuggingFaceTB/SmolLM2-135M",
        "saltus pull gemma-scope:2b-pt-res/layer_12/width_16k/average_l0_82",
    ];

    /// <inheritdoc/>
    public override string Usage => "NAME [options]";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Remarks =>
    [
        "Of a published SAE only its own files are fetched; its name is SAELens's release/sae_id, or with a colon as above. 'saltus info --releases TEXT' searches the names.",
        "Afterwards --model NAME or --sae NAME finds it, and so does every program that uses the same cache. What broke off is gone on with; sizes and checksums are checked.",
        "Environment: HF_TOKEN for private and gated repositories, HF_HOME or HF_HUB_CACHE for the cache's place, HF_ENDPOINT for another hub, HF_HUB_OFFLINE=1 for no network.",
    ];

    /// <inheritdoc/>
    protected override bool StopsWhenAsked => true;

    /// <inheritdoc/>
    protected override int Execute(ParseResult values)
    {
        string given = values.GetRequiredValue(_name);
        (string text, string revision) = ReleaseName.Split(given);
        ReleaseSae? sae = ReleaseList.Carried.Find(text);
        if (sae is not null && values.GetValue(_include) is { Length: > 0 })
        {
            throw new UsageException($"--include: expected a repository with it, found the published SAE {sae.Name}, whose files are known");
        }

        HubName name = sae is not null ? HubName.Parse(sae.Repository + revision)
            : ReleaseName.IsNoRepository(text) || ReleaseList.Carried.FindRelease(text.Split('/')[0]) is not null ? throw ReleaseList.Carried.NotFound(text)
            : HubName.Parse(given);
        HubSettings settings = HubSettings.FromEnvironment(Environment.GetEnvironmentVariable);
        if (settings.IsOffline)
        {
            string? snapshot = new HubCache(settings.Cache).FindSnapshot(name);
            string? path = sae is null ? snapshot : snapshot is null ? null : ReleaseFiles.FindIn(sae, snapshot);
            return Found(name, sae, snapshot, path ?? throw HubModels.NotHere(name, settings, given));
        }

        return ProgressView.Run(Context, progress => Pull(name, sae, settings, values, progress).GetAwaiter().GetResult());
    }

    private async Task<int> Pull(HubName name, ReleaseSae? sae, HubSettings settings, ParseResult values, IWorkProgress progress)
    {
        CancellationToken cancellation = Context.Cancellation;
        using HubDownload download = new(settings, Context.Time, progress.Note);
        HubCache cache = new(settings.Cache);
        HubRevision revision = await Describe(download, name, cancellation).ConfigureAwait(false);
        if (values.GetValue(_list))
        {
            return List(name, revision);
        }

        List<HubFile> files = [];
        foreach (string path in sae is null ? HubFileChoice.Choose(name, revision.Paths, values.GetValue(_include) ?? []) : ReleaseFiles.Choose(sae, revision.Paths))
        {
            if (!cache.Holds(name, revision.Commit, path))
            {
                files.Add(await download.Inspect(name, revision.Commit, path, cancellation).ConfigureAwait(false));
            }
        }

        long all = files.Sum(file => file.Bytes);
        long missing = files.Sum(file => download.Missing(name, file));
        if (missing > 0)
        {
            Limits.CheckDisk("HF_HOME", cache.BlobPath(name, files[0].Tag), missing);
        }

        long done = all - missing;
        foreach (HubFile file in files)
        {
            await download.Fetch(name, revision.Commit, file, Came, cancellation).ConfigureAwait(false);

            void Came(long bytes)
            {
                done += bytes;
                progress.Report(new WorkDone("pull", done, all, "bytes", file.Path));
            }
        }

        // Only now: a reference never names a snapshot that is not whole.
        cache.WriteReference(name, revision.Commit);
        string snapshot = cache.SnapshotPath(name, revision.Commit);
        return Found(name, sae, snapshot, sae is null ? snapshot : ReleaseFiles.PathIn(sae, snapshot));
    }

    private static async Task<HubRevision> Describe(HubDownload download, HubName name, CancellationToken cancellation)
    {
        try
        {
            return await download.Describe(name, cancellation).ConfigureAwait(false);
        }
        catch (HubException exception) when (exception.Error is HubError.NotFound or HubError.Unauthorized && ReleaseList.Carried.Suggest(name.PagePath) is [string near, ..])
        {
            throw new HubException(exception.Error, $"{exception.Message}; as a published SAE perhaps '{near}'", exception.RetryAfter, exception);
        }
    }

    private int List(HubName name, HubRevision revision)
    {
        if (!Context.IsJson)
        {
            foreach (string path in revision.Paths)
            {
                Context.Out.WriteLine(InputException.OneLine(path));
            }

            return ExitCode.Done;
        }

        Context.WriteJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("repository", name.PagePath);
            writer.WriteString("commit", revision.Commit);
            writer.WriteStartArray("files");
            foreach (string path in revision.Paths)
            {
                writer.WriteStringValue(path);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
        return ExitCode.Done;
    }

    private int Found(HubName name, ReleaseSae? sae, string? snapshot, string path)
    {
        if (!Context.IsJson)
        {
            Context.Out.WriteLine(path);
            return ExitCode.Done;
        }

        Context.WriteJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("repository", name.PagePath);
            writer.WriteString("commit", Path.GetFileName(snapshot));
            writer.WriteString(sae is null ? "folder" : "path", path);
            if (sae is not null)
            {
                writer.WriteString("name", sae.Name);
                writer.WriteString("loader", sae.Loader);
            }

            writer.WriteEndObject();
        });
        return ExitCode.Done;
    }
}

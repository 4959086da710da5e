using System.CommandLine;
using Saltus.Cli.Hub;

namespace Saltus.Cli;

/// <summary><c>pull NAME</c>: a repository of the hub → the cache that <c>huggingface_hub</c> uses too.</summary>
internal sealed class PullCommand : Verb
{
    private readonly Argument<string> _name = new("NAME") { Description = "Repository such as org/name, org/name@revision or datasets/org/name." };
    private readonly Option<string[]> _include = OptionKinds.Texts(
        "--include", "PATTERN", "Files to fetch, such as '*.Q4_1.gguf' (* matches slashes too); default: a language model's own files. May be repeated.");

    private readonly Option<bool> _list = new("--list") { Description = "Only list what the repository holds." };

    /// <summary>Creates the command.</summary>
    public PullCommand(ToolContext context)
        : base(context, "pull", "fetch a model from the hub into its cache")
    {
        Arguments.Add(_name);
        Options.Add(_include);
        Options.Add(_list);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["saltus pull HuggingFaceTB/SmolLM2-135M"];

    /// <inheritdoc/>
    public override string Usage => "NAME [options]";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Remarks =>
    [
        "Afterwards --model NAME finds it, and so does every program that uses the same cache. What broke off is gone on with; sizes and checksums are checked.",
        "Environment: HF_TOKEN for private and gated repositories, HF_HOME or HF_HUB_CACHE for the cache's place, HF_ENDPOINT for another hub, HF_HUB_OFFLINE=1 for no network.",
    ];

    /// <inheritdoc/>
    protected override bool StopsWhenAsked => true;

    /// <inheritdoc/>
    protected override int Execute(ParseResult values)
    {
        HubName name = HubName.Parse(values.GetRequiredValue(_name));
        HubSettings settings = HubSettings.FromEnvironment(Environment.GetEnvironmentVariable);
        if (settings.IsOffline)
        {
            return Found(name, new HubCache(settings.Cache).FindSnapshot(name) ?? throw HubModels.NotHere(name, settings));
        }

        return ProgressView.Run(Context, progress => Pull(name, settings, values, progress).GetAwaiter().GetResult());
    }

    private async Task<int> Pull(HubName name, HubSettings settings, ParseResult values, IWorkProgress progress)
    {
        CancellationToken cancellation = Context.Cancellation;
        using HubDownload download = new(settings, Context.Time, progress.Note);
        HubCache cache = new(settings.Cache);
        HubRevision revision = await download.Describe(name, cancellation).ConfigureAwait(false);
        if (values.GetValue(_list))
        {
            return List(name, revision);
        }

        List<HubFile> files = [];
        foreach (string path in HubFileChoice.Choose(name, revision.Paths, values.GetValue(_include) ?? []))
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
        return Found(name, cache.SnapshotPath(name, revision.Commit));
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

    private int Found(HubName name, string folder)
    {
        if (!Context.IsJson)
        {
            Context.Out.WriteLine(folder);
            return ExitCode.Done;
        }

        Context.WriteJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("repository", name.PagePath);
            writer.WriteString("commit", Path.GetFileName(folder));
            writer.WriteString("folder", folder);
            writer.WriteEndObject();
        });
        return ExitCode.Done;
    }
}

using System.CommandLine;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Models;

namespace Saltus.Cli;

/// <summary><c>harvest</c>: a language model and text → activation stores.</summary>
internal sealed class HarvestCommand : Verb
{
    private static readonly TensorDtype[] s_dtypes = [TensorDtype.F16, TensorDtype.BF16, TensorDtype.F32];

    /// <summary>No tokenizer gets more out of a token on average: text holds at least so many tokens.</summary>
    private const int MostBytesOfToken = 8;

    private const int BytesOfOrigin = 3 * sizeof(int);

    private readonly Option<string> _out = OptionKinds.Text("--out", "DIR", "Store to make, or to go on with; with several sites a store a site inside.", isRequired: true);
    private readonly Option<long?> _tokens = OptionKinds.Count("--tokens", "N", "Vectors to harvest, in further passes over the text where it has fewer; default: one pass.");
    private readonly Option<string> _dtype = OptionKinds.Choice("--dtype", "Element type; default F16.", [.. s_dtypes.Select(dtype => dtype.Name())]);
    private readonly Option<long?> _rows = OptionKinds.Count("--shard", "N", "Vectors of a shard; default 256 MiB of float32.", int.MaxValue);
    private readonly Option<string> _part = OptionKinds.Text("--part", "I/N", "Harvest one of N parts of the documents, for N processes with one --out; the last to end joins them.");
    private readonly Option<long?> _disk = OptionKinds.Count("--disk", "BYTES", "End early rather than take more bytes, all sites together, such as 200B for 200 GB.");
    private readonly TextOptions _text = new();
    private readonly SeveralSites _sites = new();

    /// <summary>Creates the command.</summary>
    public HarvestCommand(ToolContext context)
        : base(context, "harvest", "write a language model's activations on text into a store on disk")
    {
        Options.Add(CommonOptions.RequiredModel);
        _text.AddTo(this);
        _sites.AddTo(this);
        Options.Add(_out);
        Options.Add(_tokens);
        Options.Add(CommonOptions.Context);
        Options.Add(_dtype);
        Options.Add(_rows);
        Options.Add(_part);
        Options.Add(_disk);
        Options.Add(CommonOptions.Seed);
        Options.Add(CommonOptions.Threads);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "saltus harvest --model models/sample-lm --site resid_post --layer 2 --text corpus/train.jsonl.gz --tokens 20k --out store",
    ];

    /// <inheritdoc/>
    public override string Usage => "--model DIR --text FILE (--site SITE --layer N | --hook NAME) --out DIR [options]";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Remarks =>
    [
        "Several sites are harvested in one pass over the text. A harvest that was interrupted is gone on with by the same command.",
    ];

    /// <inheritdoc/>
    protected override bool StopsWhenAsked => true;

    /// <inheritdoc/>
    protected override int Execute(ParseResult values)
    {
        string output = values.GetRequiredValue(_out);
        DocumentPart? part = Part(values);
        using TextInput text = _text.Open(values, part);
        using WorkTeam team = new(CommonOptions.ThreadsOf(values));
        using LanguageModelInput model = LanguageModelInput.Open(values.GetRequiredValue(CommonOptions.RequiredModel));
        IReadOnlyList<Site> sites = _sites.Read(values, model);
        TokenWindows windows = model.Windows(text.Documents, model.Context(values.GetValue(CommonOptions.Context)), values.GetValue(CommonOptions.Seed));
        (Site Site, string Folder)[] roots = [.. sites.Select(site => (site, sites.Count == 1 ? output : Path.Combine(output, site.ToString())))];
        HarvestSettings settings = new()
        {
            Dtype = s_dtypes.FirstOrDefault(dtype => dtype.Name() == values.GetValue(_dtype), TensorDtype.F16),
            RowsPerShard = (int)(values.GetValue(_rows) ?? 0),
            Model = model.Name,
            ModelHash = model.WeightsChecksum(),
            TokenizerHash = model.TokenizerChecksum(),
            Text = text.Name,
            TextHash = text.Checksum(),
        };
        long bytes = sites.Sum(site => ((long)model.Model.Configuration.WidthAt(site.Kind) * settings.Dtype.ByteSize()) + BytesOfOrigin);
        HarvestOptions options = Limited(values, part, bytes);
        long vectors = options.Vectors ?? text.Documents.Files.Sum(file => new FileInfo(file).Length / MostBytesOfToken);
        Limits.CheckDisk("--out", output, Math.Min(vectors, options.MostVectors ?? long.MaxValue) * bytes);
        (Site Site, string Folder)[] stores = [.. roots.Select(root => part is null ? root : (root.Site, PartFolder(root.Folder, part)))];
        IReadOnlyList<ActivationStoreIndex> made = ProgressView.Run(Context, progress => ActivationHarvest.Run(
            model.Model, team, windows, stores, settings, options, new Forward(progress), Context.Cancellation));
        Write(stores, made);
        Join(part, roots);
        return ExitCode.Done;
    }

    private DocumentPart? Part(ParseResult values) => values.GetValue(_part) is not string given
        ? null
        : DocumentPart.Parse(given) ?? throw new UsageException($"harvest: --part: expected which of how many, such as 3/16, found '{given}'");

    /// <summary>How many vectors, and where the disk ends them: all parts together take what was asked for.</summary>
    private HarvestOptions Limited(ParseResult values, DocumentPart? part, long bytes)
    {
        long? budget = values.GetValue(_disk) is long disk ? Math.Max(1, disk / bytes / (part?.Of ?? 1)) : null;
        long? vectors = values.GetValue(_tokens) is long tokens && part is not null ? part.Share(tokens) : values.GetValue(_tokens);
        return vectors == 0
            ? throw new UsageException($"harvest: --tokens: expected at least one for each of {part!.Of} parts, found {values.GetValue(_tokens)}")
            : new HarvestOptions { Vectors = vectors, MostVectors = budget, Note = Context.Error.WriteLine };
    }

    private static string PartFolder(string root, DocumentPart part)
    {
        ActivationStoreParts.CheckRoot(root, part);
        return ActivationStoreParts.Folder(root, part);
    }

    private void Join(DocumentPart? part, (Site Site, string Folder)[] roots)
    {
        foreach ((Site _, string root) in part is null ? [] : roots)
        {
            Context.Error.WriteLine(ActivationStoreParts.Merge(root, part!.Of) is ActivationStoreIndex merged
                ? $"{root}: all {part.Of} parts are there, {merged.Count:N0} vectors"
                : $"{root}: other parts are not there yet; the last to end joins them");
        }
    }

    private void Write((Site Site, string Folder)[] stores, IReadOnlyList<ActivationStoreIndex> made)
    {
        if (!Context.IsJson)
        {
            foreach (((Site site, string folder), ActivationStoreIndex index) in stores.Zip(made))
            {
                Context.Out.WriteLine(
                    $"{folder}: {index.Count:N0} vectors of width {index.Settings.Width} at {site}, {index.Settings.Dtype.Name()}, {index.Shards.Count} shards, {index.Shards.Sum(shard => shard.Bytes):N0} bytes");
            }

            return;
        }

        Context.WriteJson(writer =>
        {
            writer.WriteStartArray();
            foreach (((Site site, string folder), ActivationStoreIndex index) in stores.Zip(made))
            {
                writer.WriteStartObject();
                writer.WriteString("store", folder);
                writer.WriteString("site", site.Name);
                writer.WriteNumber("layer", site.Layer);
                writer.WriteNumber("vectors", index.Count);
                writer.WriteNumber("width", index.Settings.Width);
                writer.WriteString("dtype", index.Settings.Dtype.Name());
                writer.WriteNumber("shards", index.Shards.Count);
                writer.WriteNumber("bytes", index.Shards.Sum(shard => shard.Bytes));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
    }

    /// <summary>Turns the harvest's progress into the tool's.</summary>
    private sealed class Forward(IProgress<WorkDone> progress) : IProgress<HarvestProgress>
    {
        public void Report(HarvestProgress value) => progress.Report(
            new WorkDone("harvest", value.Vectors, value.Of, "tokens", value.Pass > 0 ? $"pass {value.Pass + 1} over the text" : null));
    }
}

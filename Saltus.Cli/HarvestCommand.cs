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
    private readonly SeveralSites _sites = new();

    /// <summary>Creates the command.</summary>
    public HarvestCommand(ToolContext context)
        : base(context, "harvest", "write a language model's activations on text into a store on disk")
    {
        Options.Add(CommonOptions.RequiredModel);
        Options.Add(CommonOptions.RequiredText);
        _sites.AddTo(this);
        Options.Add(_out);
        Options.Add(_tokens);
        Options.Add(CommonOptions.Context);
        Options.Add(_dtype);
        Options.Add(_rows);
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
        string[] text = values.GetRequiredValue(CommonOptions.RequiredText);
        using WorkTeam team = new(CommonOptions.ThreadsOf(values));
        using LanguageModelInput model = LanguageModelInput.Open(values.GetRequiredValue(CommonOptions.RequiredModel));
        IReadOnlyList<Site> sites = _sites.Read(values, model);
        DocumentReader documents = new(text);
        TokenWindows windows = model.Windows(documents, model.Context(values.GetValue(CommonOptions.Context)), values.GetValue(CommonOptions.Seed));
        (Site Site, string Folder)[] stores = [.. sites.Select(site => (site, sites.Count == 1 ? output : Path.Combine(output, site.ToString())))];
        HarvestSettings settings = new()
        {
            Dtype = s_dtypes.FirstOrDefault(dtype => dtype.Name() == values.GetValue(_dtype), TensorDtype.F16),
            RowsPerShard = (int)(values.GetValue(_rows) ?? 0),
            Model = model.Name,
            ModelHash = model.WeightsChecksum(),
            TokenizerHash = model.TokenizerChecksum(),
            Text = string.Join(", ", text.Select(path => Path.GetFileName(Path.TrimEndingDirectorySeparator(path)))),
            TextHash = FileChecksum.Compute(documents.Files),
        };
        HarvestOptions options = new() { Vectors = values.GetValue(_tokens), Note = Context.Error.WriteLine };
        long vectors = options.Vectors ?? documents.Files.Sum(file => new FileInfo(file).Length / MostBytesOfToken);
        long bytes = sites.Sum(site => ((long)model.Model.Configuration.WidthAt(site.Kind) * settings.Dtype.ByteSize()) + BytesOfOrigin);
        Limits.CheckDisk("--out", output, vectors * bytes);
        IReadOnlyList<ActivationStoreIndex> made = ProgressView.Run(Context, progress => ActivationHarvest.Run(
            model.Model, team, windows, stores, settings, options, new Forward(progress), Context.Cancellation));
        Write(stores, made);
        return ExitCode.Done;
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

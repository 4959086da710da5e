using System.CommandLine;
using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Training;

namespace Saltus.Cli;

/// <summary><c>train</c>: a store, own vectors, or a language model with text → a run folder.</summary>
internal sealed class TrainCommand : Verb
{
    private readonly Option<string> _config = OptionKinds.Text("--config", "FILE.json", "A run's config.json to repeat; options given beside it win.");
    private readonly Option<string> _out = OptionKinds.Text("--out", "DIR", "Run folder to make, or to go on with where the same command was interrupted.");
    private readonly Option<string> _resume = OptionKinds.Text("--resume", "RUN", "Instead: an interrupted run to go on with, by its own config.json.");
    private readonly Option<int?> _everySteps = OptionKinds.Whole("--checkpoint-steps", "N", "Write a checkpoint every so many steps too. No result depends on it.", 1);
    private readonly Option<string> _model = OptionKinds.Text("--model", "DIR", "Language model to read vectors from: a folder, a .gguf file, or the name of a repository that was pulled.");
    private readonly Option<string> _text = OptionKinds.Text("--text", "FILE", "Text for the language model: .jsonl, .txt, also .gz or .zst, .parquet, token ids in .npy, or a folder of these.");
    private readonly Option<string> _column = TextOptions.Column();
    private readonly Option<string> _activations = OptionKinds.Text("--activations", "PATH", "Instead: an activation store, or vectors in .npy, .npz or .safetensors.");
    private readonly Option<string> _method = OptionKinds.Choice("--method", "Architecture; default: the recipe's, jumprelu.", [.. MethodNames.All]);
    private readonly Option<string> _recipe = OptionKinds.Named(
        "--recipe", "NAME", $"Settings for what is not given; default 'default'. One of {string.Join(", ", Recipe.Names)}.", [.. Recipe.Names]);

    private readonly Option<string> _base = OptionKinds.Choice("--base", "What matryoshka chooses latents by; default batchtopk.", MethodNames.BatchTopK, MethodNames.JumpRelu);
    private readonly Option<long?> _width = OptionKinds.Count("--width", "M", "Number of latents.", 1 << 24);
    private readonly Option<int?> _expansion = OptionKinds.Whole("--expansion", "N", "Number of latents as a multiple of the vectors' width, in place of --width.", 1);
    private readonly Option<double?> _l0 = OptionKinds.Real("--l0", "N", "Mean number of active latents a token: k of topk and batchtopk, else the target.");
    private readonly Option<double?> _lambda = OptionKinds.Real("--lambda", "X", "Coefficient of the sparsity penalty, in place of --l0.");
    private readonly Option<long?> _tokens = OptionKinds.Count("--tokens", "N", "Training tokens.");
    private readonly Option<int?> _batch = OptionKinds.Whole("--batch", "B", "Vectors a step.", 1);
    private readonly Option<double?> _lr = OptionKinds.Real("--lr", "X", "Learning rate.");
    private readonly Option<string> _targetSite = OptionKinds.Text("--target-site", "SITE", "Train a transcoder: place whose vectors are to be computed from those of --site.");
    private readonly Option<int?> _targetLayer = OptionKinds.Whole("--target-layer", "N", "Layer of --target-site; default that of --site.", 0);
    private readonly Option<string> _targets = OptionKinds.Text("--targets", "PATH", "Train a transcoder: targets of the vectors of --activations, in the same order.");
    private readonly Option<bool> _skip = new("--skip") { Description = "Give the transcoder a skip connection." };
    private readonly SiteOptions _site = new();

    /// <summary>Creates the command.</summary>
    public TrainCommand(ToolContext context)
        : base(context, "train", "train an SAE on a language model's activations, a store, or own vectors")
    {
        Option[] options = [_out, _resume, _model, _text, _column, _activations, _config, _method, _base, _recipe, _width, _expansion, _l0, _lambda, _tokens, _batch, _lr];
        foreach (Option option in options)
        {
            Options.Add(option);
        }

        _site.AddTo(this);
        Options.Add(_targetSite);
        Options.Add(_targetLayer);
        Options.Add(_targets);
        Options.Add(_skip);
        Options.Add(CommonOptions.Context);
        Options.Add(CommonOptions.Seed);
        Options.Add(_everySteps);
        Options.Add(CommonOptions.CheckpointMinutes);
        Options.Add(CommonOptions.Threads);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "saltus train --model models/sample-lm --site resid_post --layer 2 --text corpus/train.jsonl.gz --width 512 --l0 16 --tokens 100k --out run-small",
    ];

    /// <inheritdoc/>
    public override string Usage => "(--resume RUN | --out DIR (--model DIR --text FILE --site SITE --layer N | --activations PATH) (--width M | --expansion N) --tokens N) [options]";

    /// <inheritdoc/>
    protected override bool StopsWhenAsked => true;

    /// <inheritdoc/>
    protected override int Execute(ParseResult values)
    {
        string? resumed = values.GetValue(_resume);
        string output = resumed ?? values.GetValue(_out) ?? throw new UsageException("train: expected --out DIR, or --resume RUN, found neither; see 'saltus train --help'");
        RunConfiguration given = resumed is null ? Given(values) : Resumed(values, resumed);
        if (resumed is not null && RunFolder.IsFinished(resumed))
        {
            Context.Error.WriteLine($"{resumed}: the run is finished");
            return Done(output);
        }

        RunFolder.CheckFree(output);
        using WorkTeam team = new(CommonOptions.ThreadsOf(values));
        if (given.Activations is not null)
        {
            if (given.Model is not null || given.Text is not null)
            {
                throw new InputException("--activations: expected alone, got --model or --text too; leave out one of them");
            }

            TrainOnVectors(values, given, team, output);
        }
        else
        {
            TrainLive(values, given, team, output);
        }

        return Done(output);
    }

    private int Done(string output)
    {
        if (!Context.IsJson)
        {
            Context.Out.WriteLine($"SAE: {Path.Combine(output, "sae")}");
        }
        else
        {
            Context.WriteJson(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("run", output);
                writer.WriteString("sae", Path.Combine(output, "sae"));
                writer.WriteEndObject();
            });
        }

        return ExitCode.Done;
    }

    private void TrainLive(ParseResult values, RunConfiguration given, WorkTeam team, string output)
    {
        string folder = given.Model ?? throw new InputException("--model: expected a language model, or --activations, got neither");
        _ = given.Text ?? throw new InputException("--text: expected text for the language model, got none");
        using LanguageModelInput model = LanguageModelInput.Open(folder);
        Site site = given.Site is null || _site.IsGiven(values) ? _site.Read(values, model) : model.Site(given.Site, given.Layer, hook: null);
        Site? target = given.TargetSite is string place ? model.Site(place, given.TargetLayer ?? site.Layer, hook: null) : null;
        RunConfiguration run = Recipe.Complete(given with
        {
            TargetSite = target?.Name,
            TargetLayer = target?.Layer,
            Width = Latents(values, given, model.Model.Configuration.WidthAt(site.Kind)),
            Tokens = given.Tokens > 0 ? given.Tokens : throw new InputException("--tokens: expected the number of training tokens, got none"),
            Site = site.Name,
            Layer = site.Layer,
            Context = model.Context(given.Context),
        });
        CheckLimits(run, model.Model.Configuration.WidthAt(site.Kind), output);
        using RunFolder runFolder = RunFolder.Open(output, run, model.Inputs(run.Text!));
        using SparseAutoencoder sae = new TrainingJob(Context, team, Policy(values)).TrainLive(run, model, site, runFolder, target);
    }

    private void TrainOnVectors(ParseResult values, RunConfiguration given, WorkTeam team, string output)
    {
        string path = given.Activations!;
        ReadingOrder order = new() { Seed = given.OrderSeed, Vectors = given.Tokens > 0 ? given.Tokens : null };
        (IActivationSource source, SaeMetadata metadata) = VectorInput.Open(path, order);
        int width = source.Width;
        int? targetWidth = null;
        if (given.Targets is string targets)
        {
            if (Directory.Exists(targets) != Directory.Exists(path))
            {
                source.Dispose();
                throw new InputException("--targets: expected an activation store beside a store, or a vector file beside a file, got one of each: they are read in different orders");
            }

            (IActivationSource second, SaeMetadata ofTargets) = VectorInput.Open(targets, order);
            targetWidth = second.Width;
            source = new PairedSource(source, second);
            metadata = metadata with { OutputHookName = ofTargets.HookName };
        }

        using (source)
        {
            long tokens = given.Tokens > 0 ? given.Tokens : source.Length ?? throw new InputException("--tokens: expected the number of training vectors, got none");
            RunConfiguration run = Recipe.Complete(given with { Width = Latents(values, given, width), Tokens = tokens });
            CheckLimits(run, source.Width, output);
            using RunFolder runFolder = RunFolder.Open(output, run, VectorInput.Checksums(path, given.Targets));
            metadata = metadata with { TrainingMethod = run.Method };
            using SparseAutoencoder sae = new TrainingJob(Context, team, Policy(values)).Train(run, () => source, metadata, runFolder, targetWidth);
        }
    }

    private CheckpointPolicy Policy(ParseResult values) => CommonOptions.CheckpointsOf(values) with { EverySteps = values.GetValue(_everySteps) };

    /// <summary>Refuses a run that disk or memory cannot hold.</summary>
    private static void CheckLimits(RunConfiguration run, int width, string output)
    {
        Limits.CheckMemory(RunSize.MemoryBytes(run, width));
        Limits.CheckDisk("--out", output, RunSize.DiskBytes(run, width));
    }

    /// <summary>A run that is gone on with takes everything from its own configuration.</summary>
    private RunConfiguration Resumed(ParseResult values, string folder)
    {
        Option[] allowed = [_resume, _everySteps, CommonOptions.CheckpointMinutes, CommonOptions.Threads];
        Option? other = Options.FirstOrDefault(option => !allowed.Contains(option) && values.GetResult(option) is { Implicit: false });
        return other is null
            ? RunFolder.ReadConfiguration(folder)
            : throw new InputException($"--resume {folder}: expected alone, as the run's {RunFolder.ConfigurationName} says everything, got {other.Name} too; leave it out");
    }

    private RunConfiguration Given(ParseResult values)
    {
        RunConfiguration stored = values.GetValue(_config) is string path ? RunConfigurationJson.Read(path) : new RunConfiguration { Width = 0, Tokens = 0 };
        double? l0 = values.GetValue(_l0);
        double? lambda = values.GetValue(_lambda);
        return stored with
        {
            Method = values.GetValue(_method) ?? (values.GetValue(_recipe) is null ? stored.Method : null),
            Base = values.GetValue(_base) ?? stored.Base,
            Recipe = values.GetValue(_recipe) ?? stored.Recipe,
            TargetSite = values.GetValue(_targetSite) ?? stored.TargetSite,
            TargetLayer = values.GetValue(_targetLayer) ?? stored.TargetLayer,
            Targets = values.GetValue(_targets) ?? stored.Targets,
            Skip = values.GetValue(_skip) ? true : stored.Skip,
            L0 = l0 ?? (lambda is null ? stored.L0 : null),
            Lambda = lambda ?? (l0 is null ? stored.Lambda : null),
            Tokens = values.GetValue(_tokens) ?? stored.Tokens,
            Batch = values.GetValue(_batch) ?? stored.Batch,
            LearningRate = values.GetValue(_lr) ?? stored.LearningRate,
            Seed = values.GetValue(CommonOptions.Seed) ?? stored.Seed,
            Context = values.GetValue(CommonOptions.Context) ?? stored.Context,
            Model = values.GetValue(_model) ?? stored.Model,
            Text = values.GetValue(_text) ?? stored.Text,
            Column = values.GetValue(_column) ?? stored.Column,
            Activations = values.GetValue(_activations) ?? stored.Activations,
        };
    }

    private int Latents(ParseResult values, RunConfiguration given, int width)
    {
        long? latents = values.GetValue(_width);
        int? expansion = values.GetValue(_expansion);
        if (latents is not null && expansion is not null)
        {
            throw new InputException("--width and --expansion: expected one of them, got both");
        }

        long all = latents ?? (expansion is int times ? (long)times * width : given.Width);
        return all is > 0 and <= 1 << 24 ? (int)all : throw new InputException("--width: expected the number of latents, or --expansion, got neither");
    }
}

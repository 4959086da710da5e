using System.CommandLine;
using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Training;

namespace Saltus.Cli;

/// <summary><c>sweep</c>: several methods × sparsities × widths × seeds on one pass of shared activations → tables and a page.</summary>
internal sealed class SweepCommand : Verb
{
    private const int MostLatents = 1 << 24;

    private readonly Option<string> _config = OptionKinds.Text("--config", "FILE.json", "A declaration, such as a sweep's sweep.json; options given beside it win.");
    private readonly Option<string> _out = OptionKinds.Text("--out", "DIR", "Folder to make, or to go on with where the same command was interrupted.");
    private readonly Option<string> _resume = OptionKinds.Text("--resume", "DIR", "Instead: an interrupted sweep to go on with, by its own sweep.json.");
    private readonly Option<string[]> _methods = OptionKinds.NameList("--methods", "NAME,…", $"Architectures, some of {string.Join(", ", MethodNames.All)}.", [.. MethodNames.All]);
    private readonly Option<double[]> _l0 = OptionKinds.RealList("--l0", "N,…", "Mean numbers of active latents a token: k of topk and batchtopk, else the target.");
    private readonly Option<double[]> _lambda = OptionKinds.RealList("--lambda", "X,…", "Coefficients of the sparsity penalty, in place of --l0.");
    private readonly Option<int[]> _widths = OptionKinds.CountList("--widths", "M,…", "Numbers of latents.", MostLatents);
    private readonly Option<double[]> _lr = OptionKinds.RealList("--lr", "X,…", "Learning rates; default: the recipe's.");
    private readonly Option<long[]> _seeds = OptionKinds.SeedList("--seeds", "N,…", "Seeds of the start values; default 0.");
    private readonly Option<long?> _dataSeed = OptionKinds.Seed("--data-seed", "N", "Seed of the order of the data, the same for all; default: the first of --seeds.");
    private readonly Option<long?> _tokens = OptionKinds.Count("--tokens", "N", "Training tokens of each SAE.");
    private readonly Option<int?> _batch = OptionKinds.Whole("--batch", "B", "Vectors a step.", 1);
    private readonly Option<string> _recipe = OptionKinds.Named(
        "--recipe", "NAME", $"Settings for what is not given; default 'default'. One of {string.Join(", ", Recipe.Names)}.", [.. Recipe.Names]);

    private readonly Option<string> _model = OptionKinds.Text("--model", "DIR", "Language model: a folder, a .gguf file, or the name of a repository that was pulled.");
    private readonly Option<string> _text = OptionKinds.Text("--text", "FILE", "Text for the language model: .jsonl, .txt, also .gz or .zst, .parquet, token ids in .npy, or a folder of these.");
    private readonly Option<string> _column = TextOptions.Column();
    private readonly Option<string> _activations = OptionKinds.Text("--activations", "PATH", "Train on an activation store, or vectors in .npy, .npz or .safetensors, in place of --text.");
    private readonly Option<string> _evalText = OptionKinds.Text("--eval-text", "FILE", "Held-out text: every SAE is spliced into the model on it.");
    private readonly Option<string> _evalActivations = OptionKinds.Text("--eval-activations", "PATH", "Held-out vectors, for an evaluation without a language model.");
    private readonly Option<long?> _evalTokens = OptionKinds.Count("--eval-tokens", "N", "End the evaluation with the window that reaches so many tokens; default: all.");
    private readonly Option<long?> _memory = OptionKinds.Count(
        "--memory", "BYTES", "Train in groups that take no more, such as 4B for 4 GB, each in a pass of its own over --activations; default: the machine's.");

    private readonly Option<int?> _everySteps = OptionKinds.Whole("--checkpoint-steps", "N", "Write checkpoints every so many steps too. No result depends on it.", 1);
    private readonly SiteOptions _site = new();

    /// <summary>Creates the command.</summary>
    public SweepCommand(ToolContext context)
        : base(context, "sweep", "train and compare several SAEs on one pass of shared activations")
    {
        Option[] options =
        [
            _config, _out, _resume, _methods, _l0, _lambda, _widths, _lr, _seeds, _dataSeed, _tokens, _batch, _recipe, _model, _text, _column, _activations, _evalText, _evalActivations, _evalTokens,
        ];
        foreach (Option option in options)
        {
            Options.Add(option);
        }

        _site.AddTo(this);
        Options.Add(CommonOptions.Context);
        Options.Add(_memory);
        Options.Add(_everySteps);
        Options.Add(CommonOptions.CheckpointMinutes);
        Options.Add(CommonOptions.Threads);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "saltus sweep --model models/sample-lm --site resid_post --layer 2 --text corpus/train.jsonl.gz --eval-text corpus/validation.jsonl.gz --eval-tokens 20k --methods jumprelu,topk --l0 8,16 --widths 256 --tokens 60k --out sweep-small",
    ];

    /// <inheritdoc/>
    public override string Usage =>
        "(--resume DIR | --out DIR (--config FILE.json | --methods NAME,… --l0 N,… --widths M,… --tokens N (--model DIR --text FILE --site SITE --layer N | --activations PATH))) [options]";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Remarks =>
    [
        "Every combination of the lists is an SAE. All take their steps on the same batches in the same order, each to the bytes that 'saltus train --config' with its own config.json comes to.",
        "The folder holds sweep.json, which repeats it; a run folder an SAE in runs; results.csv, results.json and report.html. Settings for one method, and any knob of a run's config.json, go into the declaration under method_settings and settings.",
    ];

    /// <inheritdoc/>
    protected override bool StopsWhenAsked => true;

    /// <inheritdoc/>
    protected override int Execute(ParseResult values)
    {
        string? resumed = values.GetValue(_resume);
        string output = resumed ?? values.GetValue(_out) ?? throw new UsageException("sweep: expected --out DIR, or --resume DIR, found neither; see 'saltus sweep --help'");
        SweepConfiguration given = resumed is null ? Given(values) : Resumed(values, resumed);
        if (resumed is not null && SweepFolder.IsFinished(resumed))
        {
            Context.Error.WriteLine($"{resumed}: the sweep is finished");
            return ExitCode.Done;
        }

        SweepFolder.CheckFree(output);
        CheckGiven(given);
        using WorkTeam team = new(CommonOptions.ThreadsOf(values));
        using LanguageModelInput? model = given.Model is string folder ? LanguageModelInput.Open(folder) : null;
        SweepJob job = new(Context, team, CommonOptions.CheckpointsOf(values) with { EverySteps = values.GetValue(_everySteps) }, model);
        job.Run(output, job.Complete(given, hook => SiteOf(values, given, model, hook)), values.GetValue(_memory));
        return ExitCode.Done;
    }

    /// <summary>The site of the options, else of the declaration, else of the store that the vectors come from.</summary>
    private Site? SiteOf(ParseResult values, SweepConfiguration given, LanguageModelInput? model, string? hook) =>
        model is null ? null
        : given.Site is null || _site.IsGiven(values) ? _site.Read(values, model, hook)
        : model.Site(given.Site, given.Layer, hook: null);

    private static void CheckGiven(SweepConfiguration given)
    {
        if ((given.Text is null) == (given.Activations is null))
        {
            throw new InputException($"--text and --activations: expected one of them to train on, got {(given.Text is null ? "neither" : "both")}");
        }

        if (given.EvalText is not null && given.EvalActivations is not null)
        {
            throw new InputException("--eval-text and --eval-activations: expected one of them, got both");
        }

        if (given.Model is null && (given.Text ?? given.EvalText) is not null)
        {
            throw new InputException("--model: expected the language model that reads the text, got none");
        }
    }

    /// <summary>A sweep that is gone on with takes everything from its own declaration.</summary>
    private SweepConfiguration Resumed(ParseResult values, string folder)
    {
        Option[] allowed = [_resume, _memory, _everySteps, CommonOptions.CheckpointMinutes, CommonOptions.Threads];
        Option? other = Options.FirstOrDefault(option => !allowed.Contains(option) && values.GetResult(option) is { Implicit: false });
        return other is null
            ? SweepFolder.ReadConfiguration(folder)
            : throw new InputException($"--resume {folder}: expected alone, as the sweep's {SweepFolder.ConfigurationName} says everything, got {other.Name} too; leave it out");
    }

    /// <summary>A list that was not given reads as an empty one.</summary>
    private static T[]? Given<T>(ParseResult values, Option<T[]> option) => values.GetValue(option) is { Length: > 0 } list ? list : null;

    private SweepConfiguration Given(ParseResult values)
    {
        SweepConfiguration stored = values.GetValue(_config) is string path ? SweepConfigurationJson.Read(path) : new SweepConfiguration();
        double[]? l0 = Given(values, _l0);
        double[]? lambda = Given(values, _lambda);
        string? text = values.GetValue(_text);
        string? activations = values.GetValue(_activations);
        return SweepSettings.With(
            stored with
            {
                Methods = Given(values, _methods) ?? stored.Methods,
                L0 = l0 ?? (lambda is null ? stored.L0 : null),
                Lambda = lambda ?? (l0 is null ? stored.Lambda : null),
                Widths = Given(values, _widths) ?? stored.Widths,
                LearningRates = Given(values, _lr) ?? stored.LearningRates,
                Seeds = Given(values, _seeds) ?? stored.Seeds,
                DataSeed = values.GetValue(_dataSeed) ?? stored.DataSeed,
                Tokens = values.GetValue(_tokens) ?? stored.Tokens,
                Model = values.GetValue(_model) ?? stored.Model,
                Text = text ?? (activations is null ? stored.Text : null),
                Activations = activations ?? (text is null ? stored.Activations : null),
                Column = values.GetValue(_column) ?? stored.Column,
                Context = values.GetValue(CommonOptions.Context) ?? stored.Context,
                EvalText = values.GetValue(_evalText) ?? stored.EvalText,
                EvalActivations = values.GetValue(_evalActivations) ?? stored.EvalActivations,
                EvalTokens = values.GetValue(_evalTokens) ?? stored.EvalTokens,
            },
            values.GetValue(_batch),
            values.GetValue(_recipe));
    }
}

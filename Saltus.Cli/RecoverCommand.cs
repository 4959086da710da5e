using System.CommandLine;
using System.Globalization;
using Saltus.Autoencoders;
using Saltus.Evaluation;
using Saltus.Kernels;
using Saltus.Training;

namespace Saltus.Cli;

/// <summary><c>recover</c>: training on vectors whose dictionary is known, scored by how much of it comes back.</summary>
internal sealed class RecoverCommand : Verb
{
    /// <summary>Vectors of a step.</summary>
    public const int BatchRows = 1024;

    private const int DefaultSteps = 2000;

    /// <summary>Runs at most for one that meets a recorded L0, and the distance that ends them (the bar is 0.03).</summary>
    private const int Attempts = 3;
    private const double NearL0 = 0.01;
    private const int DefaultWidth = 256;
    private const double DefaultL0 = 8;

    private readonly Option<string> _data = OptionKinds.Text(
        "--data", "DIR", "Folder with NAME.safetensors (dictionary, x_f16); without it vectors are drawn.");
    private readonly Option<string> _name = OptionKinds.Choice(
        "--features", "How features fire together; default independent.", "independent", "correlated", "hierarchical");
    private readonly Option<bool> _baseline = new("--baseline")
    {
        Description = "Repeat every recorded run of DIR/baseline.json; with --recipe default train to the L0 of each.",
    };

    private readonly Option<string> _only = OptionKinds.Text("--only", "TEXT", "Of the recorded runs only those whose tool's name has TEXT in it.");
    private readonly Option<string> _config = OptionKinds.Text("--config", "FILE.json", "Knobs of a run in the form of a run's config.json; options given beside it win.");
    private readonly Option<string> _method = OptionKinds.Choice("--method", "Architecture; default: the recipe's, jumprelu.", [.. MethodNames.All]);
    private readonly Option<string> _recipe = OptionKinds.Named(
        "--recipe", "NAME", "Settings for what is not given, as for train; default 'default'.", [.. Recipe.Names]);
    private readonly Option<long?> _width = OptionKinds.Count("--width", "M", "Number of latents; default 256.", 1 << 20);
    private readonly Option<double?> _l0 = OptionKinds.Real("--l0", "N", "Mean number of active latents a vector; default 8.");
    private readonly Option<double?> _lambda = OptionKinds.Real("--lambda", "X", "Coefficient of the sparsity penalty, in place of --l0.");
    private readonly Option<double?> _lr = OptionKinds.Real("--lr", "X", "Learning rate.");
    private readonly Option<int?> _steps = OptionKinds.Whole("--steps", "N", "Training steps of 1,024 vectors; default 2000.", 1);
    private readonly Option<int?> _seeds = OptionKinds.Whole("--seeds", "N", "How many seeds; default 5.", 1);

    /// <summary>Creates the command.</summary>
    public RecoverCommand(ToolContext context)
        : base(context, "recover", "train on vectors with a known dictionary and score what was recovered")
    {
        foreach (Option option in new Option[] { _data, _name, _baseline, _only, _config, _method, _recipe, _width, _l0, _lambda, _lr, _steps, _seeds })
        {
            Options.Add(option);
        }

        Options.Add(CommonOptions.Seed);
        Options.Add(CommonOptions.Threads);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["saltus recover --features hierarchical --method batchtopk --l0 8 --steps 200 --seeds 2"];

    /// <inheritdoc/>
    public override string Usage => "[--data DIR [--baseline]] [--features KIND] [--method METHOD] [--recipe NAME] [options]";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Remarks =>
    [
        "MMCS is the mean over true features of the best cosine with a living latent; a feature counts as recovered from 0.9 on. "
            + "The first 4,096 vectors are held out.",
        "With --baseline --recipe default each run is trained to the recorded L0 on the held-out vectors, in up to three runs with a moved target.",
    ];

    /// <inheritdoc/>
    protected override bool StopsWhenAsked => true;

    /// <inheritdoc/>
    protected override int Execute(ParseResult values)
    {
        string name = values.GetValue(_name) ?? "independent";
        string? folder = values.GetValue(_data);
        long seed = values.GetValue(CommonOptions.Seed) ?? 0;
        IReadOnlyList<(RunConfiguration Run, RecoverRecord? Record)> settings = Settings(values, folder, name);
        using WorkTeam team = new(CommonOptions.ThreadsOf(values));
        using RecoverData data = folder is null
            ? RecoverData.Draw(team, Enum.Parse<SyntheticKind>(name, ignoreCase: true), seed)
            : RecoverData.Read(folder, name);
        int seeds = values.GetValue(_seeds) ?? 5;
        List<RecoverRow> rows = ProgressView.Run(Context, progress =>
        {
            List<RecoverRow> done = [];
            RecoverProgress forward = new(progress, settings.Sum(setting => (long)setting.Run.Steps() * AttemptsOf(setting.Run, setting.Record)) * seeds);
            foreach ((RunConfiguration run, RecoverRecord? record) in settings)
            {
                List<RecoveryScores> scores = [];
                for (int of = 0; of < seeds; of++)
                {
                    RunConfiguration own = run with { Seed = seed + of };
                    int attempts = AttemptsOf(run, record);
                    forward.Begin(run.Steps(), attempts);
                    scores.Add(attempts > 1 ? TrainTo(team, own, record!.L0, data, forward) : Train(team, own, data, forward));
                    forward.End();
                }

                done.Add(new RecoverRow(run, scores, record));
            }

            return done;
        });
        Write(data, rows);
        return ExitCode.Done;
    }

    /// <summary>Runs that a setting may take with one seed.</summary>
    private static int AttemptsOf(RunConfiguration run, RecoverRecord? record) => record is not null && run.Recipe == Recipe.Default ? Attempts : 1;

    private List<(RunConfiguration Run, RecoverRecord? Record)> Settings(ParseResult values, string? folder, string name)
    {
        RunConfiguration stored = values.GetValue(_config) is string path
            ? RunConfigurationJson.Read(path)
            : new RunConfiguration { Width = 0, Tokens = 0 };
        stored = stored with
        {
            Width = stored.Width > 0 ? stored.Width : DefaultWidth,
            Tokens = stored.Tokens > 0 ? stored.Tokens : (long)DefaultSteps * BatchRows,
        };
        RunConfiguration given = stored with
        {
            Method = values.GetValue(_method) ?? stored.Method,
            Recipe = values.GetValue(_recipe) ?? stored.Recipe,
            Width = (int)(values.GetValue(_width) ?? stored.Width),
            L0 = values.GetValue(_l0) ?? stored.L0,
            Lambda = values.GetValue(_lambda) ?? stored.Lambda,
            LearningRate = values.GetValue(_lr) ?? stored.LearningRate,
            Batch = BatchRows,
            Tokens = values.GetValue(_steps) is int ofSteps ? (long)ofSteps * BatchRows : stored.Tokens,
        };
        if (!values.GetValue(_baseline))
        {
            bool isOpen = given.L0 is null && given.Lambda is null && given.Recipe == Recipe.Default;
            return [(Recipe.Complete(isOpen ? given with { L0 = DefaultL0 } : given), null)];
        }

        if (folder is null)
        {
            throw new InputException("--baseline: expected --data DIR beside it, got none");
        }

        string? only = values.GetValue(_only);
        bool isOwn = values.GetValue(_recipe) == Recipe.Default || values.GetValue(_method) is not null || values.GetValue(_config) is not null;
        return [.. RecoverRecord.ReadAll(folder, name)
            .Where(record => only is null || record.Peer.Contains(only, StringComparison.Ordinal))
            .Select(record => (isOwn ? Recipe.Complete(given with { Width = record.Run.Width, L0 = record.L0, Lambda = null }) : record.Run, (RecoverRecord?)record))];
    }

    /// <summary>
    /// Trains to an L0 on the held-out vectors: training meets its target on the vectors it saw, of which there are few here, so the target is
    /// moved by how far the held-out L0 was off, and the run repeated from its start.
    /// </summary>
    private RecoveryScores TrainTo(WorkTeam team, RunConfiguration run, double l0, RecoverData data, RecoverProgress progress)
    {
        RecoveryScores scores = Train(team, run, data, progress);
        for (int attempt = 1; attempt < Attempts && Math.Abs(scores.L0 - l0) > NearL0 * l0; attempt++)
        {
            run = run with { L0 = run.L0 * l0 / scores.L0 };
            progress.Again();
            scores = Train(team, run, data, progress);
        }

        return scores;
    }

    private RecoveryScores Train(WorkTeam team, RunConfiguration run, RecoverData data, IProgress<TrainingStep> progress)
    {
        using CyclicSource source = new(data.Vectors, RecoverData.HeldOut);
        TrainingRun training = new(team, run, Context.Time);
        using SparseAutoencoder sae = training.Train(source, folder: null, new SaeMetadata(), progress, Context.Cancellation);
        return FeatureRecovery.Score(team, sae, data.Features, data.Test);
    }

    private void Write(RecoverData data, List<RecoverRow> rows)
    {
        if (Context.IsJson)
        {
            Context.WriteJson(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("data", data.Name);
                writer.WriteNumber("features", data.Features.Rows);
                writer.WriteStartArray("runs");
                rows.ForEach(row => row.Write(writer));
                writer.WriteEndArray();
                writer.WriteEndObject();
            });
            return;
        }

        TextTable table = new("setting", "L0", "FVU", "MMCS", "recovered", "MMCS of latents", "dead", "on record: L0, FVU, MMCS, recovered", "verdict");
        foreach (RecoverRow row in rows)
        {
            string Cell(Func<RecoveryScores, double> score, string format) =>
                $"{row.Mean(score).ToString(format, CultureInfo.InvariantCulture)} ±{row.Deviation(score).ToString(format, CultureInfo.InvariantCulture)}";
            RecoverRecord? record = row.Record;
            table.Add(
                row.Name,
                Cell(score => score.L0, "F2"),
                Cell(score => score.Fvu, "F4"),
                Cell(score => score.MaximumCosine, "F3"),
                Cell(score => score.Recovered, "F3"),
                Cell(score => score.MaximumCosineOfLatents, "F3"),
                Cell(score => score.Dead, "F3"),
                record is null ? string.Empty : FormattableString.Invariant($"{record.L0:F2} {record.Fvu:F4} {record.Mmcs:F3} {record.Recovered:F3}"),
                row.Verdict() ?? string.Empty);
        }

        table.Write(Context.Out);
    }
}

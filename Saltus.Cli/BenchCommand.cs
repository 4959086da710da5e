using System.CommandLine;
using Saltus.Cli.Bench;
using Saltus.Kernels;

namespace Saltus.Cli;

/// <summary><c>bench</c>: this machine's floors and the engine's place above them.</summary>
internal sealed class BenchCommand : Verb
{
    private static readonly string[] s_names = [.. BenchGroups.All.Select(group => group.Name)];

    private readonly Option<string[]> _only = OptionKinds.Choices("--only", $"Measure this group only; may be repeated. Groups: {string.Join(", ", s_names)}.", s_names);
    private readonly Option<bool> _quick = new("--quick") { Description = $"Smaller batches, medians of {BenchSettings.LeastRepeats}, no large autoencoder: about a minute." };
    private readonly Option<bool> _scaling = new("--scaling") { Description = "Measure how the step grows with its sizes instead." };
    private readonly Option<string> _model = OptionKinds.Text("--model", "DIR", "A language model to measure beside the bundled one.");
    private readonly Option<int?> _repeats = OptionKinds.Whole(
        "--repeats", "N", $"Timed runs of a case, at least {BenchSettings.LeastRepeats}; default {BenchSettings.DefaultRepeats}.", BenchSettings.LeastRepeats);
    private readonly Option<string> _out = OptionKinds.Text("--out", "FILE.md", "Write a section for each group; sections of other groups in the file stay.");

    /// <summary>Creates the command.</summary>
    public BenchCommand(ToolContext context)
        : base(context, "bench", "measure this machine's floors and the engine's place above them")
    {
        Options.Add(_only);
        Options.Add(_quick);
        Options.Add(_scaling);
        Options.Add(_model);
        Options.Add(_repeats);
        Options.Add(_out);
        Options.Add(CommonOptions.Threads);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["saltus bench --quick --only floor"];

    /// <inheritdoc/>
    public override string Usage => "[options]";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Remarks =>
    [
        "Times of different machines, or of one machine at different hours, do not compare; ratios do. Every case is timed in turns with its floor: multiply-adds in "
        + "registers for the encoder's product and the language model, that product for the training step and for encoding. "
        + "A ratio is the time for the same work as a multiple of the floor's; medians count.",
    ];

    /// <inheritdoc/>
    protected override int Execute(ParseResult values)
    {
        string[] only = values.GetValue(_only) ?? [];
        bool isQuick = values.GetValue(_quick);
        bool isScaling = values.GetValue(_scaling);
        if (isScaling && (only.Length > 0 || isQuick))
        {
            throw new UsageException($"bench: --scaling: expected without --only and --quick, got {(isQuick ? "--quick" : "--only")} too; leave out one of them");
        }

        if (values.GetValue(_out) is string output)
        {
            BenchFile.Check(output);
        }

        using WorkTeam team = new(CommonOptions.ThreadsOf(values));
        int repeats = values.GetValue(_repeats) ?? (isQuick ? BenchSettings.LeastRepeats : BenchSettings.DefaultRepeats);
        string? model = values.GetValue(_model);
        if (model is not null)
        {
            LanguageModelInput.Open(model).Dispose();
        }

        BenchSettings settings = new(team, Context.Time, isQuick, model);
        IReadOnlyList<BenchGroup> groups = isScaling
            ? ScalingGroups.All
            : [.. BenchGroups.All.Where(group => only.Length > 0 ? only.Contains(group.Name, StringComparer.Ordinal) : !isQuick || !group.IsLong)];
        new BenchJob(Context, team, settings, repeats).Run(Typed(values), groups, values.GetValue(_out));
        return ExitCode.Done;
    }

    /// <summary>The command line as someone would repeat it, without what says only where the result goes.</summary>
    private string Typed(ParseResult values)
    {
        IEnumerable<string> only = (values.GetValue(_only) ?? []).Select(name => $"--only {name}");
        string?[] rest =
        [
            values.GetValue(_quick) ? "--quick" : null,
            values.GetValue(_scaling) ? "--scaling" : null,
            values.GetValue(_model) is { } model ? $"--model {model}" : null,
            values.GetValue(_repeats) is { } repeats ? $"--repeats {repeats}" : null,
            values.GetValue(CommonOptions.Threads) is { } threads ? $"--threads {threads}" : null,
        ];
        return string.Join(' ', only.Concat(rest.OfType<string>()).Prepend("saltus bench"));
    }
}

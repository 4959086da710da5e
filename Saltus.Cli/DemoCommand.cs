using System.CommandLine;
using Saltus.Autoencoders;
using Saltus.Evaluation;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Reports;
using Saltus.Training;

namespace Saltus.Cli;

/// <summary><c>demo</c>: the whole story on the bundled model and corpus.</summary>
internal sealed class DemoCommand : Verb
{
    private const string DefaultOut = "saltus-demo";
    private const long DefaultTokens = 2_000_000;

    private readonly Option<string> _out = OptionKinds.Text("--out", "DIR", $"Run folder to make; default {DefaultOut}.");
    private readonly Option<long?> _tokens = OptionKinds.Count("--tokens", "N", "Training tokens; default 2M.");

    /// <summary>Creates the command.</summary>
    public DemoCommand(ToolContext context)
        : base(context, "demo", "train, evaluate and show a JumpReLU SAE on the bundled model and corpus")
    {
        Options.Add(_out);
        Options.Add(_tokens);
        Options.Add(CommonOptions.Seed);
        Options.Add(CommonOptions.Threads);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["saltus demo"];

    /// <inheritdoc/>
    public override string Usage => "[options]";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Remarks =>
    [
        "Reads 2 million tokens with the sample language model, trains 2,048 latents on resid_post of layer 2 to an L0 of 32, evaluates them on "
        + "held-out text with the model in the loop, and writes report.html, which opens offline.",
    ];

    /// <inheritdoc/>
    protected override bool StopsWhenAsked => true;

    /// <inheritdoc/>
    protected override int Execute(ParseResult values)
    {
        long began = Context.Time.GetTimestamp();
        string output = values.GetValue(_out) ?? DefaultOut;
        bool isTrained = RunFolder.IsFinished(output) && !File.Exists(Path.Combine(output, RunFolder.ReportName));
        if (!isTrained)
        {
            RunFolder.CheckFree(output);
        }

        using WorkTeam team = new(CommonOptions.ThreadsOf(values));
        using LanguageModelInput model = LanguageModelInput.Open(Bundle.Model);
        Site site = model.Site(Baselines.Site, Baselines.Layer, hook: null);
        RunConfiguration run = Recipe.Complete(new RunConfiguration
        {
            Width = Baselines.Width,
            L0 = Baselines.TargetL0,
            Tokens = values.GetValue(_tokens) ?? DefaultTokens,
            Seed = values.GetValue(CommonOptions.Seed) ?? 0,
            Model = Bundle.Model,
            Site = site.Name,
            Layer = site.Layer,
            Context = model.Context(asked: null),
            Text = Bundle.TrainingText,
        });
        int width = model.Model.Configuration.WidthAt(site.Kind);
        Limits.CheckMemory(RunSize.MemoryBytes(run, width));
        Limits.CheckDisk("--out", output, RunSize.DiskBytes(run, width) + Limits.ReportBytes(run.Width));
        using RunFolder folder = isTrained ? RunFolder.OpenFinished(output, run) : RunFolder.Open(output, run, model.Inputs(run.Text!));
        if (!isTrained)
        {
            new TrainingJob(Context, team, new CheckpointPolicy()).TrainLive(run, model, site, folder).Dispose();
        }

        LoadedSae loaded = SaeReader.Read(folder.SaePath);
        using SparseCoder sae = loaded.Sae;
        using TextInput text = new([Bundle.ValidationText]);
        EvaluationJob job = new(Context, team, model, loaded, folder.SaePath, site);
        EvaluationResult evaluation = job.Run(text, run.Context!.Value, withLatents: true).Evaluation;
        EvaluationFile.Write(folder.EvaluationPath, evaluation);
        RunReport report = RunReportBuilder.Build(
            run,
            RunReportBuilder.ReadLog(Path.Combine(output, RunFolder.MetricsName)),
            evaluation,
            job,
            Provenance.Of(run, model.Name, site, sae, Context.Time.GetElapsedTime(began)));
        HtmlReport.Write(report, folder.ReportPath);
        TimeSpan elapsed = Context.Time.GetElapsedTime(began);
        if (Context.IsJson)
        {
            Context.WriteJson(writer => EvaluationFile.Write(writer, evaluation));
        }
        else
        {
            FidelityTable.Write(Context.Out, evaluation, sae.Latents);
            Context.Out.WriteLine();
            FidelityTable.WriteComparison(Context.Out, evaluation, run.Tokens);
            Context.Out.WriteLine();
            Context.Out.WriteLine($"report: {folder.ReportPath}");
            Context.Out.WriteLine($"SAE:    {folder.SaePath}");
        }

        Context.Error.WriteLine($"done in {elapsed.TotalSeconds:F0} seconds");
        return ExitCode.Done;
    }
}

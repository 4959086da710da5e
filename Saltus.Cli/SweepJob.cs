using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Reports;
using Saltus.Training;

namespace Saltus.Cli;

/// <summary>A sweep from its declaration to its page: groups of SAEs trained, evaluated, reported.</summary>
/// <param name="context">The tool.</param>
/// <param name="team">Threads.</param>
/// <param name="checkpoints">When checkpoints are written.</param>
/// <param name="model">The language model; null where none is asked for.</param>
internal sealed class SweepJob(ToolContext context, WorkTeam team, CheckpointPolicy checkpoints, LanguageModelInput? model)
{
    /// <summary>Fills in what the declaration leaves to model and vectors.</summary>
    /// <param name="given">What was asked for.</param>
    /// <param name="site">Gets the site; is given the hook that a store of vectors names.</param>
    /// <returns>The whole declaration, as sweep.json holds it.</returns>
    public SweepConfiguration Complete(SweepConfiguration given, Func<string?, Site?> site)
    {
        string? hook = null;
        int? windowTokens = null;
        long tokens = given.Tokens;
        if (given.Activations is string path)
        {
            (IActivationSource source, SaeMetadata metadata) = VectorInput.Open(path, ReadingOrder.Sequential);
            using (source)
            {
                tokens = tokens > 0 ? tokens : source.Length ?? 0;
            }

            (hook, windowTokens) = (metadata.HookName, metadata.ContextSize);
        }

        bool needsSite = given.Text is not null || given.EvalText is not null;
        Site? place = needsSite ? site(hook) : null;
        return given with
        {
            Tokens = tokens > 0 ? tokens : throw new InputException("--tokens: expected the number of training tokens, got none"),
            L0 = given.L0 is null && given.Lambda is null ? throw new InputException("--l0: expected numbers of active latents, or --lambda, got neither") : given.L0,
            Site = place?.Name,
            Layer = place?.Layer,
            Context = needsSite ? model!.Context(given.Context ?? windowTokens) : null,
        };
    }

    /// <summary>Trains, evaluates and reports.</summary>
    /// <param name="output">The sweep's folder.</param>
    /// <param name="sweep">The whole declaration.</param>
    /// <param name="memory">Bytes that training may take; null for what the machine has.</param>
    public void Run(string output, SweepConfiguration sweep, long? memory)
    {
        IReadOnlyList<SweepMember> members = SweepPlan.Members(sweep);
        Site? site = sweep.Site is null ? null : model!.Site(sweep.Site, sweep.Layer, hook: null);
        int width = WidthOf(sweep, site);
        IReadOnlyList<IReadOnlyList<SweepMember>> groups = SweepPlan.Groups(members, width, memory ?? Limits.Memory());
        if (groups.Count > 1 && sweep.Activations is null)
        {
            throw new InputException(
                $"--memory: expected room for all {members.Count} SAEs at once, as a live model's activations are computed once, found room for {groups[0].Count}; harvest them and give --activations, or ask for fewer");
        }

        Limits.CheckDisk("--out", output, members.Sum(member => RunSize.DiskBytes(member.Configuration, width)) + Limits.ReportBytes(0));
        using SweepFolder folder = SweepFolder.Open(output, sweep);
        try
        {
            Train(sweep, groups, site, folder);
            Evaluate(sweep, groups, site, folder);
        }
        catch (OperationCanceledException)
        {
            context.Error.WriteLine($"go on with: {Tool.Name} sweep --resume {output}");
            throw;
        }
        catch
        {
            folder.Discard();
            throw;
        }

        Report(sweep, members, folder, site);
    }

    private static int WidthOfVectors(string path)
    {
        using IActivationSource source = VectorInput.Open(path, ReadingOrder.Sequential).Source;
        return source.Width;
    }

    private int WidthOf(SweepConfiguration sweep, Site? site)
    {
        int width = sweep.Activations is null ? model!.Model.Configuration.WidthAt(site!.Value.Kind) : WidthOfVectors(sweep.Activations);
        if (sweep.Activations is not null && sweep.EvalText is not null && model!.Model.Configuration.WidthAt(site!.Value.Kind) is int expected && expected != width)
        {
            throw new InputException($"--activations {sweep.Activations}: expected vectors of width {expected}, that of {site} in {model.Folder}, found {width}; check --site and --layer");
        }

        return width;
    }

    private void Train(SweepConfiguration sweep, IReadOnlyList<IReadOnlyList<SweepMember>> groups, Site? site, SweepFolder folder)
    {
        IReadOnlyDictionary<string, string> inputs = sweep.Activations is string path ? VectorInput.Checksums(path) : model!.Inputs(sweep.Text!);
        SweepTraining training = new(team, context.Time, checkpoints) { Note = context.Error.WriteLine };
        long began = context.Time.GetTimestamp();
        ProgressView.Run(context, progress =>
        {
            for (int i = 0; i < groups.Count; i++)
            {
                IReadOnlyList<SweepMember> group = groups[i];
                (Func<IActivationSource> source, SaeMetadata metadata) = Vectors(sweep, group[0].Configuration, site);
                training.Train(folder, group, source, inputs, metadata, new Forward(progress, groups.Count > 1 ? $"train, group {i + 1} of {groups.Count}" : "train"), context.Cancellation);
            }

            return true;
        });
        if (training.Stepping > TimeSpan.Zero)
        {
            double whole = context.Time.GetElapsedTime(began).TotalSeconds;
            context.Error.WriteLine(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"trained in {whole:F1} seconds: {training.Stepping.TotalSeconds:F1} in steps, {training.Reading.TotalSeconds:F1} waiting for activations; {whole / training.Stepping.TotalSeconds:F3} × the steps"));
        }
    }

    private (Func<IActivationSource> Source, SaeMetadata Metadata) Vectors(SweepConfiguration sweep, RunConfiguration run, Site? site)
    {
        if (sweep.Activations is not string path)
        {
            TrainingJob job = new(context, team, checkpoints);
            return (() => job.OpenLive(run, model!, site!.Value), TrainingJob.LiveMetadata(run, model!, site!.Value));
        }

        ReadingOrder order = new() { Seed = run.OrderSeed, Vectors = run.Tokens };
        (IActivationSource source, SaeMetadata metadata) = VectorInput.Open(path, order);
        source.Dispose();
        return (() => VectorInput.Open(path, order).Source, metadata);
    }

    private void Evaluate(SweepConfiguration sweep, IReadOnlyList<IReadOnlyList<SweepMember>> groups, Site? site, SweepFolder folder)
    {
        if (sweep.EvalText is null && sweep.EvalActivations is null)
        {
            context.Error.WriteLine("not evaluated: give --eval-text, or --eval-activations, to another sweep for that");
            return;
        }

        SweepEvaluation evaluation = new(context, team, checkpoints, folder);
        foreach (IReadOnlyList<SweepMember> group in groups)
        {
            if (sweep.EvalText is not null)
            {
                evaluation.Run(sweep, group, model!, site!.Value);
            }
            else
            {
                evaluation.RunOnVectors(sweep, group);
            }
        }
    }

    private void Report(SweepConfiguration sweep, IReadOnlyList<SweepMember> members, SweepFolder folder, Site? site)
    {
        SweepReport report = SweepReportBuilder.Build(sweep, members, folder, model?.Name, site);
        SweepFiles.WriteResults(folder.ResultsPath, report);
        HtmlReport.Write(report, folder.ReportPath);
        SweepFiles.WriteTable(folder.TablePath, report);
        if (context.IsJson)
        {
            context.WriteJson(writer => SweepFiles.WriteResults(writer, report));
        }
        else
        {
            SweepResultTable.Write(context.Out, report);
            context.Out.WriteLine();
            context.Out.WriteLine($"table:  {folder.TablePath}");
            context.Out.WriteLine($"report: {folder.ReportPath}");
        }
    }

    /// <summary>Turns steps into progress.</summary>
    private sealed class Forward(IProgress<WorkDone> progress, string stage) : IProgress<SweepStep>
    {
        public void Report(SweepStep value) => progress.Report(
            new WorkDone(stage, value.Tokens, value.TotalTokens, "tokens", $"{value.Member.Name}: L0 {value.Step.L0:F1}, FVU {value.Step.Fvu:F4}"));
    }
}

using Saltus.Autoencoders;
using Saltus.Evaluation;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Interpretation;
using Saltus.Lm.Models;
using Saltus.Training;

namespace Saltus.Cli;

/// <summary>
/// Evaluates the SAEs of a sweep together: one pass over the held-out documents for a group. What is evaluated already is left, where its
/// checksum says that it is whole.
/// </summary>
/// <param name="context">The tool.</param>
/// <param name="team">Threads.</param>
/// <param name="checkpoints">When the sums are written.</param>
/// <param name="folder">The sweep.</param>
internal sealed class SweepEvaluation(ToolContext context, WorkTeam team, CheckpointPolicy checkpoints, SweepFolder folder)
{
    private const int RowsAtOnce = 4096;
    private const string ChecksumName = "eval.xxh128";

    /// <summary>Evaluates inside the language model.</summary>
    /// <param name="sweep">The declaration.</param>
    /// <param name="group">SAEs, all trained.</param>
    /// <param name="model">The language model.</param>
    /// <param name="site">Where they are spliced in.</param>
    public void Run(SweepConfiguration sweep, IReadOnlyList<SweepMember> group, LanguageModelInput model, Site site) => WithOpen(group, (open, saes) =>
    {
        using TextInput text = new([sweep.EvalText!], sweep.Column);
        List<TokenWindow> windows = Windows(model.Windows(text.Documents, sweep.Context!.Value).Pass(), sweep.EvalTokens);
        EvaluationSettings settings = new() { Context = sweep.Context, Text = text.Name, Model = model.Name };
        Dictionary<string, string> dependencies = EvaluationJob.Dependencies(model, text, sweep.Context.Value, site);
        dependencies["saes"] = string.Join(' ', open.SelectMany(member => HashesOf(member).Values));
        dependencies["windows"] = $"{windows.Count}";
        string output = Path.Combine(folder.Path, "evaluation");
        IReadOnlyList<FidelityResult> results = ProgressView.Run(context, progress =>
        {
            FidelityCheckpoint checkpoint = new(output, dependencies, checkpoints, context.Time, progress.Note);
            FidelityOptions options = new() { Settings = settings, Checkpoint = checkpoint };
            return new FidelityEvaluation(model.Model, saes, site, options).RunAll(team, windows, collector: null, new EvaluationProgress(progress), context.Cancellation);
        });
        for (int i = 0; i < open.Length; i++)
        {
            Write(open[i], results[i].Evaluation);
        }

        File.Delete(output + FidelityCheckpoint.Ending);
    });

    /// <summary>Evaluates on held-out vectors, without a language model.</summary>
    /// <param name="sweep">The declaration.</param>
    /// <param name="group">SAEs, all trained.</param>
    public void RunOnVectors(SweepConfiguration sweep, IReadOnlyList<SweepMember> group) => WithOpen(group, (open, saes) =>
    {
        string path = sweep.EvalActivations!;
        (IActivationSource vectors, SaeMetadata metadata) = VectorInput.Open(path, ReadingOrder.Sequential);
        using (vectors)
        {
            if (vectors.Width != saes[0].InputWidth)
            {
                throw new InputException($"--eval-activations {path}: expected vectors of width {saes[0].InputWidth}, those of training, found {vectors.Width}; give held-out vectors of the same place");
            }

            VectorEvaluationOptions options = new() { Vectors = sweep.EvalTokens, BatchRows = RowsAtOnce };
            IReadOnlyList<EvaluationResult> results = ProgressView.Run(context, progress => VectorEvaluation.Run(
                team, saes, vectors, options, done => progress.Report(new WorkDone("evaluate", done, vectors.Length, "vectors")), context.Cancellation));
            for (int i = 0; i < open.Length; i++)
            {
                Write(open[i], results[i] with { Settings = results[i].Settings with { Text = Path.GetFileName(path), Model = metadata.ModelName } });
            }
        }
    });

    /// <summary>Windows until so many tokens count.</summary>
    private static List<TokenWindow> Windows(IEnumerable<TokenWindow> all, long? most)
    {
        List<TokenWindow> windows = [];
        long counted = 0;
        foreach (TokenWindow window in all)
        {
            if (counted >= most)
            {
                break;
            }

            windows.Add(window);
            counted += window.Counted.Count(isCounted => isCounted);
        }

        return windows;
    }

    /// <summary>Opens the SAEs whose evaluation is missing, or is one of other weights.</summary>
    private void WithOpen(IReadOnlyList<SweepMember> group, Action<SweepMember[], IReadOnlyList<SparseCoder>> evaluate)
    {
        SweepMember[] open = [.. group.Where(member => !IsEvaluated(member))];
        if (open.Length == 0)
        {
            return;
        }

        List<SparseCoder> saes = [];
        try
        {
            foreach (SweepMember member in open)
            {
                saes.Add(SaeReader.Read(SaeOf(member)).Sae);
            }

            evaluate(open, saes);
        }
        finally
        {
            saes.ForEach(sae => sae.Dispose());
        }
    }

    private bool IsEvaluated(SweepMember member)
    {
        (string[] files, string seal) = FilesOf(member);
        if (!File.Exists(seal) || !files.All(File.Exists))
        {
            return false;
        }

        if (!SealedText.IsWhole(files, seal))
        {
            context.Error.WriteLine($"warning: '{files[1]}': is not what the sweep wrote, by its {ChecksumName}: it is damaged or edited; evaluating again");
            return false;
        }

        return EvaluationFile.Read(files[1]).Settings.SaeHashes.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .SequenceEqual(HashesOf(member).OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    private (string[] Files, string Seal) FilesOf(SweepMember member)
    {
        string path = folder.PathOf(member);
        return ([Path.Combine(path, IntervalsFile.Name), Path.Combine(path, EvaluationFile.Name)], Path.Combine(path, ChecksumName));
    }

    private Dictionary<string, string> HashesOf(SweepMember member) => EvaluationJob.Hashes(Directory.EnumerateFiles(SaeOf(member)).Order(StringComparer.Ordinal));

    private string SaeOf(SweepMember member) => SaeFolder.Find(folder.PathOf(member));

    /// <summary>The checksum last: an evaluation counts once it is there.</summary>
    private void Write(SweepMember member, EvaluationResult result)
    {
        (string[] files, string seal) = FilesOf(member);
        IntervalsFile.Write(files[0], result.Intervals);
        EvaluationFile.Write(files[1], result with { Settings = result.Settings with { SaeHashes = HashesOf(member) } });
        SealedText.Seal(files, seal);
    }
}

using Saltus.Autoencoders;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Models;
using Saltus.Training;

namespace Saltus.Cli;

/// <summary>A training run from its configuration to <c>sae/</c> in the run's folder.</summary>
/// <param name="context">The tool.</param>
/// <param name="team">Threads.</param>
/// <param name="checkpoints">When checkpoints are written.</param>
internal sealed class TrainingJob(ToolContext context, WorkTeam team, CheckpointPolicy checkpoints)
{
    /// <summary>Trains on a language model's activations as they are computed.</summary>
    /// <param name="run">Completed by its recipe.</param>
    /// <param name="model">The language model.</param>
    /// <param name="site">Where vectors are read.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="target">Where a transcoder's targets are read; null for an autoencoder.</param>
    /// <returns>The SAE; saved already.</returns>
    public SparseAutoencoder TrainLive(RunConfiguration run, LanguageModelInput model, Site site, RunFolder folder, Site? target = null)
    {
        return Train(
            run,
            () => OpenLive(run, model, site, target),
            LiveMetadata(run, model, site, target),
            folder,
            target is Site ofTarget ? model.Model.Configuration.WidthAt(ofTarget.Kind) : null);
    }

    /// <summary>Gets what the file of an SAE trained on a language model says, the method apart.</summary>
    public static SaeMetadata LiveMetadata(RunConfiguration run, LanguageModelInput model, Site site, Site? target = null) => new()
    {
        ModelName = model.Name,
        HookName = site.HookName ?? site.ToString(),
        OutputHookName = target is Site output ? output.HookName ?? output.ToString() : null,
        ContextSize = run.Context,
        PrependBos = model.Tokenizer.BosId is not null,
        Dataset = Path.GetFileName(run.Text!),
        TrainingMethod = run.Method,
    };

    /// <summary>Opens a language model's vectors, computed as they are asked for, mixed.</summary>
    public IActivationSource OpenLive(RunConfiguration run, LanguageModelInput model, Site site, Site? target = null)
    {
        DocumentReader documents = new(run.Text!) { Column = run.Column ?? DocumentReader.TextColumn };
        TokenWindows windows = model.Windows(documents, run.Context!.Value, run.OrderSeed);
        HarvestOptions harvest = new() { Vectors = run.Tokens };
        return new ShuffleBuffer(
            new LiveActivationSource(model.Model, team, site, windows, harvest, cancellation: context.Cancellation, target: target), run.ShuffleBuffer!.Value, run.OrderSeed);
    }

    /// <summary>Trains on vectors from a store or a file.</summary>
    /// <param name="run">Completed by its recipe.</param>
    /// <param name="source">The vectors; disposed here.</param>
    /// <param name="metadata">What the SAE's file will say.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="targetWidth">Columns at the end of each vector that are a transcoder's target; null for an autoencoder.</param>
    /// <returns>The SAE; saved already.</returns>
    public SparseAutoencoder Train(RunConfiguration run, Func<IActivationSource> source, SaeMetadata metadata, RunFolder folder, int? targetWidth = null)
    {
        try
        {
            foreach (string note in folder.Notes)
            {
                context.Error.WriteLine(note);
            }

            TrainingRun training = new(team, run, context.Time) { Checkpoints = checkpoints, TargetWidth = targetWidth };
            SparseAutoencoder sae = ProgressView.Run(context, progress =>
            {
                using IActivationSource vectors = source();
                return training.Train(vectors, folder, metadata, new Forward(progress, training, run.Tokens), context.Cancellation);
            });
            Save(folder.SaePath, sae, run.IsTranscoder);
            folder.SealSae();
            return sae;
        }
        catch (Exception) when (!folder.HasSteps)
        {
            // What has begun stays, to be gone on with; of what could not be done nothing does.
            folder.Discard();
            throw;
        }
        catch (OperationCanceledException)
        {
            context.Error.WriteLine($"go on with: {Tool.Name} train --resume {folder.Path}");
            throw;
        }
    }

    private void Save(string path, SparseAutoencoder sae, bool isTranscoder)
    {
        if (isTranscoder && sae.Activation is TopKActivation)
        {
            SaeWriter.Write(team, path, new LoadedSae(sae, []), "sparsify");
            context.Error.WriteLine($"{path}: in sparsify's layout, since SAELens has no TopK transcoders; it names no hooks: give --site and --target-site with it");
            return;
        }

        SaeLensWriter.Write(path, sae);
    }

    /// <summary>Turns steps into progress.</summary>
    private sealed class Forward(IWorkProgress progress, TrainingRun training, long tokens) : IProgress<TrainingStep>
    {
        private bool _began;

        public void Report(TrainingStep value)
        {
            // Not before the first step: input that cannot be used is refused in one line.
            foreach (string note in _began ? [] : training.Notes())
            {
                progress.Note(note);
            }

            _began = true;
            progress.Report(new WorkDone("train", value.Tokens, tokens, "tokens", $"L0 {value.L0:F1}, loss {value.Loss:F4}, FVU {value.Fvu:F4}, dead {value.Dead}"));
        }
    }
}

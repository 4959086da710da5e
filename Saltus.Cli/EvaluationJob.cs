using System.Globalization;
using Saltus.Autoencoders;
using Saltus.Evaluation;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Interpretation;
using Saltus.Lm.Models;
using Saltus.Reports;
using Saltus.Training;

namespace Saltus.Cli;

/// <summary>An SAE in its language model on held-out text: fidelity, and on demand what the report shows of each latent.</summary>
/// <param name="context">The tool.</param>
/// <param name="team">Threads.</param>
/// <param name="model">The language model.</param>
/// <param name="loaded">The SAE as it was read.</param>
/// <param name="saeFolder">What errors call it.</param>
/// <param name="site">What it reads; where it is spliced in, unless it is a transcoder.</param>
/// <param name="target">Where a transcoder is spliced in; null for an autoencoder.</param>
internal sealed class EvaluationJob(
    ToolContext context, WorkTeam team, LanguageModelInput model, LoadedSae loaded, string saeFolder, Site site, Site? target = null)
{
    private readonly SparseCoder _sae = loaded.Sae;

    /// <summary>Gets what the last run's latents look like; empty unless asked for.</summary>
    public IReadOnlyList<LatentReport> Latents { get; private set; } = [];

    /// <summary>Gets what is also written of the latents; null for nothing.</summary>
    public NeuronpediaOutput? Neuronpedia { get; init; }

    /// <summary>Gets the windows of the last run.</summary>
    public IReadOnlyList<TokenWindow> Windows { get; private set; } = [];

    /// <summary>Gets one sentence on the tokens behind <see cref="Latents"/>.</summary>
    public string LatentsNote { get; private set; } = string.Empty;

    /// <summary>Gets where the sums of the last run were kept; null for nowhere.</summary>
    public FidelityCheckpoint? Checkpoint { get; private set; }

    /// <summary>Evaluates.</summary>
    /// <param name="text">Held-out text.</param>
    /// <param name="windowTokens">Tokens of a window.</param>
    /// <param name="withLatents">Whether <see cref="Latents"/> are collected.</param>
    /// <param name="output">Beside which file the sums are kept for an interruption; null for nowhere.</param>
    /// <param name="checkpoints">When they are written.</param>
    /// <returns>The result.</returns>
    public FidelityResult Run(TextInput text, int windowTokens, bool withLatents, string? output = null, CheckpointPolicy? checkpoints = null)
    {
        CheckWidth(_sae.InputWidth, "reads", site, "--site and --layer");
        CheckWidth(_sae.OutputWidth, "gives", target ?? site, target is null ? "--site, --layer and --target-site" : "--target-site and --target-layer");

        List<TokenWindow> windows = [.. model.Windows(text.Documents, windowTokens).Pass()];
        Windows = windows;
        if (output is not null)
        {
            Limits.CheckDisk("--out", output, Limits.EvaluationBytes(_sae.Latents, _sae.OutputWidth, windows.DistinctBy(window => window.Document).Count()));
        }

        Dictionary<string, string> hashes = Hashes(loaded.Files);
        FidelityOptions options = new()
        {
            Settings = new EvaluationSettings
            {
                Context = windowTokens,
                Text = text.Name,
                Model = model.Name,
                SaeHashes = hashes,
            },
        };
        using LatentCollector? collector = withLatents ? new LatentCollector(_sae.Latents, new LatentCollectorOptions { CorrelatesInputs = Neuronpedia is not null }) : null;
        FidelityResult result = ProgressView.Run(context, progress =>
        {
            if (output is not null)
            {
                Dictionary<string, string> dependencies = Dependencies(model, text, windowTokens, site, target);
                dependencies["sae"] = string.Join(' ', hashes.Values);
                dependencies["sae_configuration"] = string.Join(' ', loaded.Files.Where(file => !IsWeights(file)).Select(file => FileChecksum.Compute(file)));
                Checkpoint = new FidelityCheckpoint(output, dependencies, checkpoints ?? new CheckpointPolicy(), context.Time, progress.Note);
            }

            return new FidelityEvaluation(model.Model, _sae, site, options with { Target = target, Checkpoint = Checkpoint }).Run(
                team, windows, collector, new EvaluationProgress(progress), context.Cancellation);
        });
        if (collector is not null)
        {
            string[] texts = model.TokenTexts();
            IReadOnlyList<LogitEffect>? effects = LogitEffects.Compute(team, model.Model, _sae, target ?? site, texts, new LatentCollectorOptions().OutputTokens);
            Dictionary<int, (string? Title, string? Source)> titles = [];
            foreach (Document document in text.Documents.Read())
            {
                titles[document.Index] = (document.Title, document.Source);
            }

            Latents = collector.Build(team, _sae, texts, effects, index => titles.GetValueOrDefault(index));
            LatentsNote = collector.Note;
            Neuronpedia?.Write(team, collector, _sae, model, site, target ?? site, text, windows.Count, windowTokens);
        }

        return result;
    }

    /// <summary>Measures what SAEBench's core evaluation does, on the windows of the last run, and writes its result file.</summary>
    /// <param name="output">The file.</param>
    /// <param name="text">Its text.</param>
    /// <param name="windowTokens">Tokens of a window.</param>
    /// <param name="name">What the SAE was given as.</param>
    public void WriteSaeBench(string output, TextInput text, int windowTokens, string name)
    {
        const int PromptsPerBatch = 16;
        SaeBenchSettings settings = new()
        {
            Model = model.Name,
            Dataset = text.Name,
            Context = windowTokens,
            PromptsPerBatch = PromptsPerBatch,
            HookName = site.HookName ?? site.ToString(),
            Layer = site.Layer,
            Release = name,
            Program = $"saltus {ToolCommand.Version}",
            Time = context.Time.GetUtcNow(),
        };
        SparseAutoencoder sae = loaded.Autoencoder;
        ProgressView.Run(context, progress =>
        {
            (SaeBenchVectors vectors, SaeBenchLosses losses) =
                new SaeBenchEvaluation(model.Model, sae, site, PromptsPerBatch).Run(team, Windows, new EvaluationProgress(progress), context.Cancellation);
            SaeBenchFile.Write(output, sae, vectors, losses, SaeBenchWeights.Measure(team, sae, context.Cancellation), settings);
            return true;
        });
    }

    /// <summary>Gets everything that the sums of an evaluation depend on, but the SAEs.</summary>
    public static Dictionary<string, string> Dependencies(LanguageModelInput model, TextInput text, int windowTokens, Site site, Site? target = null)
    {
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["model"] = model.WeightsChecksum(),
            ["tokenizer"] = model.TokenizerChecksum(),
            ["text"] = text.Checksum(),
            ["column"] = text.Documents.Column,
            ["site"] = target is Site second ? $"{site} to {second}" : site.ToString(),
            ["context"] = windowTokens.ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Gets the checksums of an SAE's weights, by file.</summary>
    /// <param name="files">Its files.</param>
    public static Dictionary<string, string> Hashes(IEnumerable<string> files) =>
        files.Where(IsWeights).ToDictionary(file => Path.GetFileName(file), file => FileChecksum.Compute(file), StringComparer.Ordinal);

    private void CheckWidth(int found, string verb, Site at, string options)
    {
        int width = model.Model.Configuration.WidthAt(at.Kind);
        if (found != width)
        {
            throw new InputException(
                $"{saeFolder}: expected an SAE that {verb} vectors of width {width}, that of {at} in {model.Folder}, found one of {found}; check {options}");
        }
    }

    private static bool IsWeights(string file) => Path.GetExtension(file) is not (".json" or ".yaml");
}

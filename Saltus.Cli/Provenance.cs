using Saltus.Autoencoders;
using Saltus.Lm.Models;
using Saltus.Reports;
using Saltus.Training;

namespace Saltus.Cli;

/// <summary>What a report's head says was trained on what.</summary>
internal static class Provenance
{
    /// <summary>Gets the head of a run's report.</summary>
    public static RunProvenance Of(RunConfiguration run, string model, Site site, SparseCoder sae, TimeSpan? wallTime) => new()
    {
        Model = model,
        Site = site.Name,
        Layer = site.Layer,
        HookName = site.HookName,
        Width = sae.Latents,
        Dimension = sae.InputWidth,
        Method = run.Method ?? MethodNames.JumpRelu,
        TargetL0 = run.L0,
        Tokens = run.Tokens,
        Batch = run.Batch,
        Seed = run.Seed,
        Context = run.Context,
        Recipe = run.Recipe,
        Corpus = run.Text is null ? run.Activations : Path.GetFileName(run.Text),
        WallTime = wallTime,
        Facts = [new ReportFact("Program", $"saltus {ToolCommand.Version}")],
    };

    /// <summary>Gets the head of the report of an SAE that came without its run.</summary>
    public static RunProvenance Of(string model, Site site, SparseCoder sae) => new()
    {
        Model = model,
        Site = site.Name,
        Layer = site.Layer,
        HookName = site.HookName,
        Width = sae.Latents,
        Dimension = sae.InputWidth,
        Method = sae.Metadata.TrainingMethod ?? Kind(sae),
        Corpus = sae.Metadata.Dataset,
        Facts = [new ReportFact("Program", $"saltus {ToolCommand.Version}")],
    };

    private static string Kind(SparseCoder sae)
    {
        string type = sae is SparseAutoencoder linear
            ? linear.Activation.GetType().Name.Replace("Activation", string.Empty, StringComparison.Ordinal)
            : sae.GetType().Name.Replace("Autoencoder", string.Empty, StringComparison.Ordinal);
        return type.ToLowerInvariant();
    }
}

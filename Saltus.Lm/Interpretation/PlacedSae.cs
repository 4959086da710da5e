using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Tensors;

namespace Saltus.Lm.Interpretation;

/// <summary>An SAE at its place in a language model: what it reads, and where what it gives is put.</summary>
public sealed class PlacedSae
{
    /// <summary>Puts an SAE in its place.</summary>
    /// <param name="model">The language model; not owned.</param>
    /// <param name="sae">An autoencoder of the site's activations, or a transcoder from them to those of the target; not owned.</param>
    /// <param name="site">What it reads.</param>
    /// <param name="target">What a transcoder gives; null for an autoencoder.</param>
    /// <exception cref="InputException">The SAE does not fit the sites, or does not encode vector by vector.</exception>
    public PlacedSae(LanguageModel model, SparseCoder sae, Site site, Site? target = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sae);
        Check(model, sae, site, target);
        Model = model;
        Sae = sae;
        Site = site;
        Target = target ?? site;
    }

    /// <summary>Gets the language model.</summary>
    public LanguageModel Model { get; }

    /// <summary>Gets the SAE.</summary>
    public SparseCoder Sae { get; }

    /// <summary>Gets what it reads.</summary>
    public Site Site { get; }

    /// <summary>Gets what it gives: the site itself, but for a transcoder.</summary>
    public Site Target { get; }

    /// <summary>Computes the latents of rows of the site; of none where there are no rows, as in a sequence of special tokens.</summary>
    internal SparseActivations Encode(WorkTeam team, Matrix inputs)
    {
        if (inputs.Rows > 0)
        {
            return Sae.Encode(team, inputs);
        }

        SparseActivations none = new(Sae.Latents);
        none.Shape([]);
        return none;
    }

    /// <summary>Runs the model as far as the target and takes chosen rows of both sites.</summary>
    internal SpliceVectors Read(WorkTeam team, TokenBatch tokens, int[] rows) => SpliceVectors.Read(Model, team, tokens, Site, Target, rows);

    /// <summary>Checks that an SAE fits its place.</summary>
    internal static void Check(LanguageModel model, SparseCoder sae, Site site, Site? given)
    {
        Site target = given ?? site;
        model.Configuration.Check(site);
        model.Configuration.Check(target);
        if ((target.Layer, target.Kind).CompareTo((site.Layer, site.Kind)) < 0)
        {
            throw new InputException($"target site: expected one that is computed after {site}, which the SAE reads, got {target}");
        }

        int width = model.Configuration.WidthAt(site.Kind);
        if (sae.InputWidth != width)
        {
            throw new InputException(
                $"SAE: expected vectors of width {width}, as {site} of '{model.Source}' has, found {sae.InputWidth}; check model, site and SAE");
        }

        if (given is null && sae.Metadata.OutputHookName is string output)
        {
            throw new InputException($"SAE: expected an autoencoder of {site}, found a transcoder to {output}; give its target site");
        }

        int outputWidth = model.Configuration.WidthAt(target.Kind);
        if (sae.OutputWidth != outputWidth)
        {
            throw new InputException(
                $"SAE: expected one that gives vectors of width {outputWidth}, as {target} of '{model.Source}' has, found {sae.OutputWidth}; "
                + "check the target site");
        }

        if (sae.Scope != LatentScope.Vector)
        {
            throw new InputException(sae.Scope == LatentScope.Batch
                ? "SAE: expected one whose latents depend on one vector, found a training checkpoint that chooses over a whole batch; "
                    + "save it for inference and evaluate that"
                : "SAE: expected one whose latents depend on one vector, found a temporal one that reads whole sequences; "
                    + "compare its latents with `verify sae`");
        }
    }
}

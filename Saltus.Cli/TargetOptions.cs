using System.CommandLine;
using Saltus.Autoencoders;
using Saltus.Lm.Models;

namespace Saltus.Cli;

/// <summary>The options that name where a transcoder writes.</summary>
internal sealed class TargetOptions
{
    private readonly Option<string> _site = OptionKinds.Text(
        "--target-site", "SITE", "Of a transcoder: the place whose vectors it gives; default: the hook that its own file names.");

    private readonly Option<int?> _layer = OptionKinds.Whole("--target-layer", "N", "Layer of --target-site; default that of --site.", 0);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_site);
        command.Options.Add(_layer);
    }

    /// <summary>Gets the place, checked against the model; null for an autoencoder.</summary>
    public Site? Read(ParseResult values, LanguageModelInput model, Site site, SparseCoder sae)
    {
        (string? name, int? layer) = (values.GetValue(_site), values.GetValue(_layer));
        if (name is null && layer is not null)
        {
            throw new InputException("--target-layer: expected --target-site beside it, got none");
        }

        if (name is not null)
        {
            return model.Site(name, layer ?? site.Layer, hook: null);
        }

        if (sae.Metadata.OutputHookName is string hook)
        {
            return model.Site(null, null, hook);
        }

        return sae is SparseAutoencoder { UndoesTransform: false }
            ? throw new InputException("--target-site: expected the place that the transcoder writes to, as its file names no hook, got none; give it")
            : null;
    }
}

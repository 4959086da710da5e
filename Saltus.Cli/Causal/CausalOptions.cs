using System.CommandLine;
using Saltus.Autoencoders;
using Saltus.Formats;
using Saltus.Lm.Interpretation;
using Saltus.Lm.Models;

namespace Saltus.Cli.Causal;

/// <summary>The options that put an SAE in its place in a language model, the same for every command that works on latents' effects.</summary>
internal sealed class CausalOptions
{
    private readonly SiteOptions _site = new();
    private readonly TargetOptions _target = new();

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(CommonOptions.RequiredSae);
        SaeOptions.AddTo(command);
        command.Options.Add(CommonOptions.RequiredModel);
        _site.AddTo(command);
        _target.AddTo(command);
    }

    /// <summary>Opens model and SAE.</summary>
    /// <returns>The caller disposes it.</returns>
    /// <exception cref="InputException">One cannot be read, or they do not fit.</exception>
    public CausalInput Open(ParseResult values)
    {
        (string folder, SaeHints hints) = SaeFolder.Locate(values.GetRequiredValue(CommonOptions.RequiredSae));
        SparseCoder sae = SaeReader.Read(folder, SaeOptions.HintsOf(values, hints)).Sae;
        LanguageModelInput? model = null;
        try
        {
            model = LanguageModelInput.Open(values.GetRequiredValue(CommonOptions.RequiredModel));
            Site site = _site.Read(values, model, sae.Metadata.HookName);
            return new CausalInput(model, new PlacedSae(model.Model, sae, site, _target.Read(values, model, site, sae)), folder);
        }
        catch
        {
            model?.Dispose();
            sae.Dispose();
            throw;
        }
    }
}

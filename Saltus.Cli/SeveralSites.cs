using System.CommandLine;
using Saltus.Lm.Models;

namespace Saltus.Cli;

/// <summary>The options that name one or several places in a language model.</summary>
internal sealed class SeveralSites
{
    private readonly Option<string> _site = OptionKinds.Text("--site", "SITE", "Place in the model: embed, resid_pre, resid_mid, resid_post, attn_z, attn_out, mlp_in, mlp_out.");
    private readonly Option<int[]> _layers = OptionKinds.Wholes("--layer", "N", "Index of the layer, 0 for the first; may be repeated.", 0);
    private readonly Option<string[]> _hooks = OptionKinds.Texts("--hook", "NAME", "The same as a TransformerLens name, such as blocks.2.hook_resid_post; may be repeated.");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_site);
        command.Options.Add(_layers);
        command.Options.Add(_hooks);
    }

    /// <summary>Gets the sites, checked against the model.</summary>
    public IReadOnlyList<Site> Read(ParseResult values, LanguageModelInput model)
    {
        string? site = values.GetValue(_site);
        int[] layers = values.GetValue(_layers) ?? [];
        string[] hooks = values.GetValue(_hooks) ?? [];
        Site[] sites = hooks.Length > 0
            ? [.. hooks.Select(hook => model.Site(site, layers.Length > 0 ? layers[0] : null, hook))]
            : layers.Length > 0 ? [.. layers.Select(layer => model.Site(site, layer, hook: null))]
            : [model.Site(site, layer: null, hook: null)];
        return sites.Distinct().Count() == sites.Length
            ? sites
            : throw new UsageException($"expected each site once, found {sites.GroupBy(one => one).First(group => group.Count() > 1).Key} twice");
    }
}

using System.CommandLine;
using Saltus.Lm.Models;

namespace Saltus.Cli;

/// <summary>The options that name a place in a language model.</summary>
internal sealed class SiteOptions
{
    private readonly Option<string> _site = OptionKinds.Text("--site", "SITE", "Place in the model: embed, resid_pre, resid_mid, resid_post, attn_z, attn_out, mlp_in, mlp_out.");
    private readonly Option<int?> _layer = OptionKinds.Whole("--layer", "N", "Index of the layer, 0 for the first.", 0);
    private readonly Option<string> _hook = OptionKinds.Text("--hook", "NAME", "The same as a TransformerLens name, such as blocks.2.hook_resid_post.");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_site);
        command.Options.Add(_layer);
        command.Options.Add(_hook);
    }

    /// <summary>Whether any of the options was given.</summary>
    public bool IsGiven(ParseResult values) =>
        values.GetValue(_site) is not null || values.GetValue(_layer) is not null || values.GetValue(_hook) is not null;

    /// <summary>Gets the site, checked against the model.</summary>
    public Site Read(ParseResult values, LanguageModelInput model, string? defaultHook = null)
    {
        (string? site, int? layer, string? hook) = (values.GetValue(_site), values.GetValue(_layer), values.GetValue(_hook));
        return model.Site(site, layer, site is null && layer is null ? hook ?? defaultHook : hook);
    }
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace Saltus.Lm.Models;

/// <summary>A named place in a language model.</summary>
/// <param name="Kind">Which place of the block.</param>
/// <param name="Layer">Index of the block; 0 for <see cref="SiteKind.Embed"/>.</param>
public readonly partial record struct Site(SiteKind Kind, int Layer)
{
    private static readonly (SiteKind Kind, string Name, string? Hook)[] s_names =
    [
        (SiteKind.Embed, "embed", "hook_resid_pre"),
        (SiteKind.ResidPre, "resid_pre", "hook_resid_pre"),
        (SiteKind.AttnZ, "attn_z", "attn.hook_z"),
        (SiteKind.AttnOut, "attn_out", "hook_attn_out"),
        (SiteKind.ResidMid, "resid_mid", "hook_resid_mid"),
        (SiteKind.MlpIn, "mlp_in", null),
        (SiteKind.MlpOut, "mlp_out", "hook_mlp_out"),
        (SiteKind.ResidPost, "resid_post", "hook_resid_post"),
    ];

    private static readonly (string Hook, string Reason)[] s_refusedHooks =
    [
        ("hook_mlp_in", "it lies before the norm; the site mlp_in is what the MLP reads, after the norm and its gain: pass --site mlp_in --layer L"),
        ("ln2.hook_normalized", "it lies before the norm's gain; the site mlp_in is what the MLP reads, after the norm and its gain: pass --site mlp_in --layer L"),
    ];

    /// <summary>Gets the name of the place, such as "resid_post".</summary>
    public string Name => s_names[(int)Kind].Name;

    /// <summary>Gets the TransformerLens name, such as "blocks.2.hook_resid_post"; null for <see cref="SiteKind.MlpIn"/>, which has none.</summary>
    public string? HookName => s_names[(int)Kind].Hook is { } hook ? $"blocks.{Layer}.{hook}" : null;

    /// <summary>Reads a site's name with a layer, or a TransformerLens hook name, which carries its own.</summary>
    /// <param name="text">"resid_post", "embed", "blocks.2.hook_resid_post", or with its layer "mlp_in.2", as files name places without a hook.</param>
    /// <param name="layer">Index of the layer; null with "embed" or where the text has it.</param>
    /// <returns>The site; whether the model has that layer is checked where a model is at hand.</returns>
    /// <exception cref="InputException">No such site or hook, a layer is missing, given twice or negative.</exception>
    public static Site Parse(string text, int? layer = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Contains("hook_", StringComparison.Ordinal))
        {
            Site parsed = ParseHook(text);
            return layer is null || layer == parsed.Layer
                ? parsed
                : throw new InputException($"hook '{text}': names layer {parsed.Layer}, but layer {layer} was given too; leave out one of them");
        }

        if (layer is null && text.Split('.') is [string place, string digits]
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int own))
        {
            return Parse(place, own);
        }

        foreach ((SiteKind kind, string name, _) in s_names)
        {
            if (name != text)
            {
                continue;
            }

            if (kind == SiteKind.Embed)
            {
                return layer is null or 0
                    ? new Site(kind, 0)
                    : throw new InputException($"site 'embed': expected no layer or layer 0, found layer {layer}; resid_pre has one for each layer");
            }

            return layer switch
            {
                null => throw new InputException($"site '{text}': expected a layer beside it, found none; add --layer L"),
                < 0 => throw new InputException($"site '{text}': expected a layer of at least 0, found {layer}"),
                int value => new Site(kind, value),
            };
        }

        string known = string.Join(", ", s_names.Select(entry => entry.Name));
        throw new InputException($"site '{text}': expected one of {known}, or a hook name such as blocks.2.hook_resid_post");
    }

    /// <inheritdoc/>
    public override string ToString() => Kind == SiteKind.Embed ? Name : $"{Name}.{Layer}";

    private static Site ParseHook(string text)
    {
        if (text == "hook_embed")
        {
            throw new InputException("hook 'hook_embed': it lies before the positions are added, which is no site; blocks.0.hook_resid_pre is what enters block 0");
        }

        Match match = HookPattern().Match(text);
        if (!match.Success || !int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int layer))
        {
            throw new InputException($"hook '{text}': expected a name such as blocks.2.hook_resid_post");
        }

        string hook = match.Groups[2].Value;
        foreach ((string refused, string reason) in s_refusedHooks)
        {
            if (hook == refused)
            {
                throw new InputException($"hook '{text}': {reason}");
            }
        }

        foreach ((SiteKind kind, _, string? name) in s_names)
        {
            // Embed shares its hook with resid_pre of layer 0 and is written as that.
            if (name == hook && kind != SiteKind.Embed)
            {
                return new Site(kind, layer);
            }
        }

        string known = string.Join(", ", s_names.Where(entry => entry.Hook is not null).Select(entry => entry.Hook).Distinct());
        throw new InputException($"hook '{text}': expected blocks.L. followed by one of {known}");
    }

    [GeneratedRegex(@"^blocks\.([0-9]+)\.(.+)$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex HookPattern();
}

namespace Saltus.Lm.Tokenizers;

/// <summary>The options that Metaspace has as pre-tokenizer and as decoder.</summary>
internal static class MetaspaceOptions
{
    /// <summary>Reads prepend_scheme, and the older add_prefix_space, which must agree with it.</summary>
    public static PrependScheme ReadScheme(JsonFields fields)
    {
        // Older files repeat the replacement here.
        fields.OptionalText("str_rep");
        bool? prefix = fields.Has("add_prefix_space") ? fields.Flag("add_prefix_space", true) : null;
        string text = fields.OptionalText("prepend_scheme") ?? "always";
        PrependScheme? scheme = text switch
        {
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            _ => null,
        };
        if (scheme is null)
        {
            fields.Fail(TokenizerError.UnsupportedOption, "prepend_scheme", $"expected always, first or never, found '{text}'");
        }

        if (prefix == false && scheme != PrependScheme.Never)
        {
            fields.Fail(TokenizerError.UnsupportedOption, "add_prefix_space", "false contradicts prepend_scheme; the reference refuses it too");
        }

        return scheme.Value;
    }
}

using Saltus.Lm.Activations;
using Saltus.Lm.Interpretation;

namespace Saltus.Cli.Causal;

/// <summary>A language model with an SAE in its place, and what prompts and tokens are to them. Owns both.</summary>
/// <param name="model">The model.</param>
/// <param name="placed">The SAE.</param>
/// <param name="saeFolder">What errors call it.</param>
internal sealed class CausalInput(LanguageModelInput model, PlacedSae placed, string saeFolder) : IDisposable
{
    /// <summary>Gets the model.</summary>
    public LanguageModelInput Model { get; } = model;

    /// <summary>Gets the SAE in its place.</summary>
    public PlacedSae Placed { get; } = placed;

    /// <summary>Gets which positions are edited and measured.</summary>
    public CountedTokens Counted { get; } = CountedTokens.For(model.Tokenizer);

    /// <summary>Gets the place in words, for the head of a result.</summary>
    public string Place => Placed.Site == Placed.Target ? $"{Placed.Site}" : $"{Placed.Site} to {Placed.Target}";

    /// <summary>Refuses latents that the SAE lacks.</summary>
    public void CheckLatents(IReadOnlyList<int> latents)
    {
        foreach (int latent in latents)
        {
            if (latent >= Placed.Sae.Latents)
            {
                throw new InputException($"--latent: expected an index below {Placed.Sae.Latents}, the latents of {saeFolder}, found {latent}");
            }
        }
    }

    /// <summary>Gets the tokens of a prompt, as encoding gives them, as one window.</summary>
    /// <param name="prompt">The text.</param>
    /// <param name="least">How many tokens it must have.</param>
    public TokenWindow Prompt(string prompt, int least = 1)
    {
        int[] ids = [.. Model.Tokenizer.Encode(prompt).Ids];
        int most = Model.Model.Configuration.MaxPositions;
        if (ids.Length < least || ids.Length > most)
        {
            throw new InputException($"--prompt: expected a text of {least} to {most} tokens, found {ids.Length}");
        }

        return new TokenWindow(0, 0, ids, ids.Length > 0 && Model.Tokenizer.BosId == ids[0], Counted.Of(ids));
    }

    /// <summary>Gets the windows of a text.</summary>
    public List<TokenWindow> Windows(TextInput text, int? context) =>
        [.. Model.Windows(text.Documents, Model.Context(context ?? Placed.Sae.Metadata.ContextSize)).Pass()];

    /// <summary>Gets the text of a token for a table, on one line.</summary>
    public string Text(int id) => Escape(Model.Tokenizer.TokenText(id));

    /// <summary>Makes one line of a token's text.</summary>
    public static string Escape(string text) => text
        .Replace("\n", "\\n", StringComparison.Ordinal)
        .Replace("\r", "\\r", StringComparison.Ordinal)
        .Replace("\t", "\\t", StringComparison.Ordinal);

    /// <inheritdoc/>
    public void Dispose()
    {
        Placed.Sae.Dispose();
        Model.Dispose();
    }
}

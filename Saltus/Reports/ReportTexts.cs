using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Saltus.Reports;

/// <summary>
/// The distinct texts of a report, which the file holds once: tokens, the most used first so that their numbers are short, and
/// (title, source) pairs of documents in order of first use.
/// </summary>
internal sealed class ReportTexts
{
    private readonly Dictionary<string, int> _tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Title, string Source), int> _documents = [];
    private string[] _ordered = [];

    private ReportTexts()
    {
    }

    /// <summary>Finds the texts of all latents.</summary>
    /// <param name="latents">The latents.</param>
    /// <returns>The texts.</returns>
    public static ReportTexts Collect(IEnumerable<LatentReport> latents)
    {
        ReportTexts texts = new();
        foreach (LatentReport latent in latents)
        {
            foreach (TokenActivation token in latent.TopTokens)
            {
                texts.CountToken(token.Text);
            }

            foreach (TokenLogit token in latent.Promoted.Concat(latent.Suppressed))
            {
                texts.CountToken(token.Text);
            }

            foreach (Snippet snippet in latent.TopSnippets.Concat(latent.IntervalSnippets.SelectMany(interval => interval.Snippets)))
            {
                texts._documents.TryAdd((snippet.Title, snippet.Source), texts._documents.Count);
                foreach (string token in snippet.Tokens)
                {
                    texts.CountToken(token);
                }
            }
        }

        texts._ordered = [.. texts._tokens.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key)];
        for (int i = 0; i < texts._ordered.Length; i++)
        {
            texts._tokens[texts._ordered[i]] = i;
        }

        return texts;
    }

    /// <summary>Replaces halves of surrogate pairs, which no UTF-8 file can hold, by U+FFFD.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The text, the same where it is well formed.</returns>
    public static string Clean(string text)
    {
        bool wellFormed = true;
        foreach (Rune rune in text.EnumerateRunes())
        {
            wellFormed &= rune != Rune.ReplacementChar;
        }

        return wellFormed ? text : string.Concat(text.EnumerateRunes().Select(rune => rune.ToString()));
    }

    /// <summary>Gets the number of a token's text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Its place in the written list.</returns>
    public int Token(string text) => _tokens[text];

    /// <summary>Gets the number of a document's title and source.</summary>
    /// <param name="snippet">A snippet of the document.</param>
    /// <returns>Its place in the written list.</returns>
    public int Document(Snippet snippet) => _documents[(snippet.Title, snippet.Source)];

    /// <summary>Writes both lists.</summary>
    /// <param name="json">Where to.</param>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("vocabulary");
        foreach (string token in _ordered)
        {
            json.WriteStringValue(Clean(token));
        }

        json.WriteEndArray();
        json.WriteStartArray("documents");
        foreach ((string title, string source) in _documents.OrderBy(pair => pair.Value).Select(pair => pair.Key))
        {
            json.WriteStartArray();
            json.WriteStringValue(Clean(title));
            json.WriteStringValue(Clean(source));
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private void CountToken(string text) => CollectionsMarshal.GetValueRefOrAddDefault(_tokens, text, out _)++;
}

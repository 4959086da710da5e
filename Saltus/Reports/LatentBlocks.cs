using System.Text.Json;

namespace Saltus.Reports;

/// <summary>Writes the latents: columns of what the list sorts and searches by, and blocks of pages.</summary>
internal static class LatentBlocks
{
    /// <summary>Pages in one block: few enough to parse in a millisecond or two, many enough that the blocks are few.</summary>
    public const int LatentsInBlock = 32;

    /// <summary>Writes the columns of all latents.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="latents">The latents in the order of the blocks.</param>
    /// <param name="texts">The numbers of their texts.</param>
    public static void WriteSummaries(Utf8JsonWriter json, LatentReport[] latents, ReportTexts texts)
    {
        json.WriteStartObject("latents");
        Column(json, "index", latents, latent => json.WriteNumberValue(latent.Index));
        Column(json, "frequency", latents, latent => JsonNumbers.WriteLong(json, latent.Frequency));
        Column(json, "max", latents, latent => JsonNumbers.WriteShort(json, latent.MaxActivation));
        Column(json, "score", latents, latent => JsonNumbers.WriteLong(json, latent.TellingScore));
        Column(json, "top", latents, latent => Numbers(json, latent.TopTokens, token => json.WriteNumberValue(texts.Token(token.Text))));
        Column(json, "promoted", latents, latent => Numbers(json, latent.Promoted, token => json.WriteNumberValue(texts.Token(token.Text))));
        Column(json, "suppressed", latents, latent => Numbers(json, latent.Suppressed, token => json.WriteNumberValue(texts.Token(token.Text))));
        json.WriteEndObject();
    }

    /// <summary>Writes one block of pages.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="latents">The latents of the block.</param>
    /// <param name="texts">The numbers of their texts.</param>
    public static void Write(Utf8JsonWriter json, ReadOnlySpan<LatentReport> latents, ReportTexts texts)
    {
        json.WriteStartArray();
        foreach (LatentReport latent in latents)
        {
            WritePage(json, latent, texts);
        }

        json.WriteEndArray();
    }

    private static void WritePage(Utf8JsonWriter json, LatentReport latent, ReportTexts texts)
    {
        json.WriteStartArray();
        JsonNumbers.WriteShort(json, latent.Threshold);
        JsonNumbers.WriteShort(json, latent.DecoderNorm);
        JsonNumbers.WriteShort(json, latent.EncoderDecoderCosine);
        Numbers(json, latent.Neighbours, neighbour =>
        {
            json.WriteNumberValue(neighbour.Index);
            JsonNumbers.WriteShort(json, neighbour.Cosine);
        });
        Numbers(json, latent.TopTokens, token =>
        {
            JsonNumbers.WriteShort(json, token.MeanActivation);
            json.WriteNumberValue(token.Count);
        });
        Numbers(json, latent.Promoted, token => JsonNumbers.WriteShort(json, token.Logit));
        Numbers(json, latent.Suppressed, token => JsonNumbers.WriteShort(json, token.Logit));
        JsonNumbers.WriteHistogram(json, latent.ActivationHistogram);
        Numbers(json, latent.TopSnippets, snippet => WriteSnippet(json, snippet, texts));
        Numbers(json, latent.IntervalSnippets.OrderByDescending(interval => interval.Low), interval =>
        {
            json.WriteStartArray();
            JsonNumbers.WriteShort(json, interval.Low);
            JsonNumbers.WriteShort(json, interval.High);
            json.WriteNumberValue(interval.Count);
            Numbers(json, interval.Snippets, snippet => WriteSnippet(json, snippet, texts));
            json.WriteEndArray();
        });
        json.WriteEndArray();
    }

    private static void WriteSnippet(Utf8JsonWriter json, Snippet snippet, ReportTexts texts)
    {
        json.WriteStartArray();
        json.WriteNumberValue(texts.Document(snippet));
        Optional(json, snippet.Document);
        Optional(json, snippet.Position);
        json.WriteNumberValue(snippet.Focus);
        Numbers(json, snippet.Tokens, token => json.WriteNumberValue(texts.Token(token)));
        json.WriteStartArray();
        for (int i = 0; i < snippet.Activations.Count; i++)
        {
            float activation = snippet.Activations[i];
            if (activation != 0 && float.IsFinite(activation))
            {
                json.WriteNumberValue(i);
                JsonNumbers.WriteShort(json, activation);
            }
        }

        json.WriteEndArray();
        json.WriteEndArray();
    }

    private static void Optional(Utf8JsonWriter json, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumberValue(number);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    private static void Numbers<T>(Utf8JsonWriter json, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray();
        foreach (T item in items)
        {
            write(item);
        }

        json.WriteEndArray();
    }

    private static void Column(Utf8JsonWriter json, string name, LatentReport[] latents, Action<LatentReport> write)
    {
        json.WritePropertyName(name);
        Numbers(json, latents, write);
    }
}

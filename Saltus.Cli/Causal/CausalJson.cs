using System.Text.Json;
using Saltus.Lm.Interpretation;

namespace Saltus.Cli.Causal;

/// <summary>What the JSON results of the commands on latents' effects share.</summary>
internal static class CausalJson
{
    /// <summary>Writes where an SAE stands.</summary>
    public static void WritePlace(Utf8JsonWriter writer, PlacedSae placed)
    {
        writer.WriteString("site", placed.Site.Name);
        writer.WriteNumber("layer", placed.Site.Layer);
        if (placed.Target != placed.Site)
        {
            writer.WriteString("target_site", placed.Target.Name);
            writer.WriteNumber("target_layer", placed.Target.Layer);
        }
    }

    /// <summary>Writes a number; null where there is none or it is not finite.</summary>
    public static void Number(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is double number && double.IsFinite(number))
        {
            writer.WriteNumber(name, number);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    /// <summary>Writes a token: its id and its text.</summary>
    public static void Token(Utf8JsonWriter writer, string name, CausalInput input, int id)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("id", id);
        writer.WriteString("text", input.Model.Tokenizer.TokenText(id));
        writer.WriteEndObject();
    }
}

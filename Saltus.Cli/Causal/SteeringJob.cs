using System.Text.Json;
using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Interpretation;
using Saltus.Lm.Models;

namespace Saltus.Cli.Causal;

/// <summary>Continues a prompt without and with changes of a latent, and measures what each change costs.</summary>
/// <param name="context">The tool.</param>
/// <param name="team">Threads.</param>
/// <param name="input">Model and SAE.</param>
/// <param name="latent">The latent.</param>
/// <param name="generation">How tokens are chosen.</param>
internal sealed class SteeringJob(ToolContext context, WorkTeam team, CausalInput input, int latent, GenerationOptions generation)
{
    /// <summary>Does the work and prints it.</summary>
    /// <param name="prompt">Text to continue.</param>
    /// <param name="text">Text on which loss and KL are measured; null for the prompt.</param>
    /// <param name="asked">Tokens of a window; null for the default.</param>
    /// <param name="changes">What is done to the latent, one after the other.</param>
    /// <param name="isRelative">Whether values are multiples of the largest activation on the text.</param>
    public void Run(string prompt, TextInput? text, int? asked, IReadOnlyList<SteeringChange> changes, bool isRelative)
    {
        TokenWindow start = input.Prompt(prompt);
        List<TokenWindow> windows = text is null ? [start] : input.Windows(text, asked);
        double? peak = isRelative
            ? ReferenceLatents.Measure(team, input.Placed, windows, [latent], cancellation: context.Cancellation).Peak(latent)
            : null;
        if (peak is 0)
        {
            throw new InputException($"--relative: expected a latent that is active on {text!.Name}, found latent {latent} silent there; leave out --relative");
        }

        LatentIntervention[] interventions = [.. changes.Select(change => new LatentIntervention(input.Placed, [latent], change.Rule(peak ?? 1)))];
        InterventionEvaluation evaluation = new(input.Placed);
        IReadOnlyList<InterventionEffect> effects = evaluation.Run(team, windows, interventions, cancellation: context.Cancellation);
        string without = Continue(prompt, []);
        string[] with = [.. interventions.Select(intervention => Continue(prompt, intervention.Edits(team, input.Counted)))];
        if (context.IsJson)
        {
            context.WriteJson(writer => Write(writer, prompt, text, peak, without, changes, effects, with));
            return;
        }

        string unit = peak is double largest ? $"; numbers are multiples of its largest activation there, {largest:G4}" : string.Empty;
        context.Out.WriteLine($"latent {latent} at {input.Place}; loss and KL of {effects[0].Predicted:N0} tokens of {text?.Name ?? "the prompt"}{unit}");
        context.Out.WriteLine();
        TextTable table = new("change", "loss>", "delta>", "KL>");
        table.Add("none", Number(effects[0].Clean), string.Empty, string.Empty);
        for (int i = 0; i < changes.Count; i++)
        {
            table.Add(changes[i].ToString(), Number(effects[i].Changed), Number(effects[i].Changed - effects[i].Clean), Number(effects[i].Kl));
        }

        table.Write(context.Out);
        for (int i = 0; i < changes.Count; i++)
        {
            context.Out.WriteLine();
            SideBySide.Write(context.Out, ("WITHOUT", prompt + without), (changes[i].ToString().ToUpperInvariant(), prompt + with[i]));
        }
    }

    /// <summary>A number of nats; a dash where nothing is predicted, as in a prompt of one token.</summary>
    private static string Number(double nats) => double.IsNaN(nats) ? "-" : $"{nats:F4}";

    private string Continue(string prompt, IReadOnlyList<Edit> edits)
    {
        LanguageModelInput model = input.Model;
        return TextGeneration.Run(team, model.Model, model.Tokenizer, [prompt], generation with { Edits = edits }, cancellation: context.Cancellation)[0].Text;
    }

    private void Write(
        Utf8JsonWriter writer, string prompt, TextInput? text, double? peak, string without, IReadOnlyList<SteeringChange> changes,
        IReadOnlyList<InterventionEffect> effects, string[] with)
    {
        writer.WriteStartObject();
        CausalJson.WritePlace(writer, input.Placed);
        writer.WriteNumber("latent", latent);
        writer.WriteString("prompt", prompt);
        writer.WriteString("measured_on", text?.Name ?? "prompt");
        writer.WriteNumber("predicted_tokens", effects[0].Predicted);
        CausalJson.Number(writer, "largest_activation", peak);
        writer.WriteStartObject("without");
        CausalJson.Number(writer, "loss", effects[0].Clean);
        writer.WriteString("text", without);
        writer.WriteEndObject();
        writer.WriteStartArray("with");
        for (int i = 0; i < changes.Count; i++)
        {
            writer.WriteStartObject();
            writer.WriteString("change", changes[i].Kind);
            CausalJson.Number(writer, "value", changes[i].Value);
            CausalJson.Number(writer, "loss", effects[i].Changed);
            CausalJson.Number(writer, "delta_loss", effects[i].Changed - effects[i].Clean);
            CausalJson.Number(writer, "kl", effects[i].Kl);
            writer.WriteString("text", with[i]);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}

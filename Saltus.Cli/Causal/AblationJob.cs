using System.Text.Json;
using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Interpretation;

namespace Saltus.Cli.Causal;

/// <summary>Takes latents out and prints what changes.</summary>
/// <param name="context">The tool.</param>
/// <param name="team">Threads.</param>
/// <param name="input">Model and SAE.</param>
/// <param name="latents">The latents, taken out together.</param>
/// <param name="how">One of <see cref="Hows"/>.</param>
/// <param name="seed">Seed of the draws.</param>
internal sealed class AblationJob(ToolContext context, WorkTeam team, CausalInput input, int[] latents, string how, long seed)
{
    /// <summary>What a latent can become.</summary>
    public static readonly string[] Hows = ["zero", "mean", "resample"];

    /// <summary>Gets the logits whose difference is measured; null for none.</summary>
    public LogitPair? Pair { get; init; }

    /// <summary>Gets how many tokens of a text are shown.</summary>
    public int Top { get; init; }

    /// <summary>Does the work and prints it.</summary>
    /// <param name="prompt">What is measured on; null for the text.</param>
    /// <param name="text">Likewise; null for the prompt.</param>
    /// <param name="reference">Text of means and draws; null for the text.</param>
    /// <param name="asked">Tokens of a window; null for the default.</param>
    public void Run(string? prompt, TextInput? text, TextInput? reference, int? asked)
    {
        List<TokenWindow> windows = text is null ? [input.Prompt(prompt!)] : input.Windows(text, asked);
        LatentIntervention intervention = new(input.Placed, latents, Rule(windows, reference, asked));
        InterventionEffect effect = new InterventionEvaluation(input.Placed).Run(team, windows, [intervention], Pair, context.Cancellation)[0];
        TokenEffect[] shown = text is null
            ? [.. effect.Tokens]
            : [.. effect.Tokens.Where(token => token.IsPredicting).OrderByDescending(token => Math.Abs(token.Changed - token.Clean)).Take(Top)];
        if (context.IsJson)
        {
            context.WriteJson(writer => Write(writer, text?.Name ?? "prompt", reference?.Name, effect, shown, windows));
        }
        else
        {
            Print(text, effect, shown, windows);
        }
    }

    private LatentRule Rule(List<TokenWindow> windows, TextInput? reference, int? asked)
    {
        if (how == Hows[0])
        {
            return LatentRules.Ablate;
        }

        List<TokenWindow> read = reference is null ? windows : input.Windows(reference, asked);
        ReferenceLatents measured = ReferenceLatents.Measure(team, input.Placed, read, latents, cancellation: context.Cancellation);
        return how == Hows[1] ? LatentRules.Mean(measured) : LatentRules.Resample(measured, seed);
    }

    private void Print(TextInput? text, InterventionEffect effect, TokenEffect[] shown, List<TokenWindow> windows)
    {
        string which = latents.Length == 1 ? $"latent {latents[0]}" : $"{latents.Length} latents";
        context.Out.WriteLine($"{which} at {input.Place}, {how} ablation, {effect.Predicted:N0} predicted tokens of {text?.Name ?? "the prompt"}");
        context.Out.WriteLine();
        TextTable totals = new("mean", "without>", "with>", "change>");
        AddRow(totals, "loss", effect.Clean, effect.Changed);
        if (Pair is LogitPair pair)
        {
            AddRow(totals, $"logit '{input.Text(pair.Plus)}' − '{input.Text(pair.Minus)}'", effect.CleanDifference, effect.ChangedDifference);
        }

        totals.Add("KL", string.Empty, effect.Predicted == 0 ? "-" : $"{effect.Kl:F4}", string.Empty);
        totals.Write(context.Out);
        context.Out.WriteLine();
        string[] differences = Pair is null ? [] : ["difference>", "change>"];
        TextTable table = new(["window>", "position>", "token", "next", "loss>", "change>", "KL>", .. differences]);
        foreach (TokenEffect token in shown)
        {
            int[] ids = windows[token.Window].Ids;
            string[] cells =
            [
                $"{token.Window}",
                $"{token.Position}",
                input.Text(ids[token.Position]),
                token.IsPredicting ? input.Text(ids[token.Position + 1]) : string.Empty,
                Number(token.Clean),
                Change(token.Clean, token.Changed),
                $"{token.Kl:F4}",
                .. Pair is null ? Array.Empty<string>() : [Number(token.CleanDifference), Change(token.CleanDifference, token.ChangedDifference)],
            ];
            table.Add(cells);
        }

        table.Write(context.Out);
    }

    private static void AddRow(TextTable table, string name, double without, double with) =>
        table.Add(name, Number(without), Number(with), Change(without, with));

    private static string Number(double value) => double.IsNaN(value) ? "-" : $"{value:F4}";

    private static string Change(double without, double with) => double.IsNaN(without) ? "-" : $"{with - without:+0.0000;-0.0000;0.0000}";

    private void Write(Utf8JsonWriter writer, string text, string? reference, InterventionEffect effect, TokenEffect[] shown, List<TokenWindow> windows)
    {
        writer.WriteStartObject();
        CausalJson.WritePlace(writer, input.Placed);
        writer.WriteStartArray("latents");
        foreach (int latent in latents)
        {
            writer.WriteNumberValue(latent);
        }

        writer.WriteEndArray();
        writer.WriteString("ablation", how);
        writer.WriteString("text", text);
        writer.WriteString("reference", how == Hows[0] ? null : reference ?? text);
        writer.WriteNumber("predicted_tokens", effect.Predicted);
        CausalJson.Number(writer, "loss", effect.Clean);
        CausalJson.Number(writer, "ablated_loss", effect.Changed);
        CausalJson.Number(writer, "delta_loss", effect.Changed - effect.Clean);
        CausalJson.Number(writer, "kl", effect.Kl);
        if (Pair is LogitPair pair)
        {
            CausalJson.Token(writer, "plus", input, pair.Plus);
            CausalJson.Token(writer, "minus", input, pair.Minus);
            CausalJson.Number(writer, "logit_difference", effect.CleanDifference);
            CausalJson.Number(writer, "ablated_logit_difference", effect.ChangedDifference);
        }

        writer.WriteStartArray("tokens");
        foreach (TokenEffect token in shown)
        {
            WriteToken(writer, token, windows[token.Window].Ids);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteToken(Utf8JsonWriter writer, TokenEffect token, int[] ids)
    {
        writer.WriteStartObject();
        writer.WriteNumber("window", token.Window);
        writer.WriteNumber("position", token.Position);
        CausalJson.Token(writer, "token", input, ids[token.Position]);
        CausalJson.Number(writer, "loss", token.Clean);
        CausalJson.Number(writer, "ablated_loss", token.Changed);
        CausalJson.Number(writer, "kl", token.Kl);
        if (Pair is not null)
        {
            CausalJson.Number(writer, "logit_difference", token.CleanDifference);
            CausalJson.Number(writer, "ablated_logit_difference", token.ChangedDifference);
        }

        writer.WriteEndObject();
    }
}

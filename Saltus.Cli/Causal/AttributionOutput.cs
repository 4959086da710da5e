using System.Text.Json;
using Saltus.Lm.Interpretation;

namespace Saltus.Cli.Causal;

/// <summary>Attributions as tables for people and as JSON.</summary>
/// <param name="input">Model and SAE.</param>
/// <param name="method">How attributions were made.</param>
/// <param name="top">How many nodes are shown.</param>
internal sealed class AttributionOutput(CausalInput input, AttributionMethod method, int top)
{
    /// <summary>Prints each prompt, and of several a table of all.</summary>
    public void Print(TextWriter output, IReadOnlyList<PromptAttribution> prompts, double mean)
    {
        foreach (PromptAttribution prompt in prompts)
        {
            PrintPrompt(output, prompt);
            output.WriteLine();
        }

        if (prompts.Count == 1)
        {
            output.WriteLine($"rank correlation with ablation: {Rank(prompts[0].RankCorrelation)} ({prompts[0].Effects.Count} latents ablated)");
            return;
        }

        TextTable table = new("prompt", "explained", "difference>", "ablated>", "rank correlation>");
        foreach (PromptAttribution prompt in prompts)
        {
            string shown = prompt.Prompt.Length > 48 ? $"…{prompt.Prompt[^47..]}" : prompt.Prompt;
            table.Add(shown, Pair(prompt), $"{prompt.Result.Difference:F3}", $"{prompt.Effects.Count}", Rank(prompt.RankCorrelation));
        }

        table.Write(output);
        output.WriteLine();
        double least = prompts.Min(prompt => prompt.RankCorrelation);
        output.WriteLine($"rank correlation with ablation: mean {Rank(mean)}, least {Rank(least)} of {prompts.Count} prompts");
    }

    /// <summary>Writes everything as one object.</summary>
    public void Write(Utf8JsonWriter writer, IReadOnlyList<PromptAttribution> prompts, double mean)
    {
        writer.WriteStartObject();
        CausalJson.WritePlace(writer, input.Placed);
        writer.WriteString("method", method == AttributionMethod.IntegratedGradients ? "integrated" : "gradient");
        CausalJson.Number(writer, "mean_rank_correlation", mean);
        writer.WriteStartArray("prompts");
        foreach (PromptAttribution prompt in prompts)
        {
            WritePrompt(writer, prompt);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string Rank(double value) => double.IsNaN(value) ? "-" : $"{value:F3}";

    private string Pair(PromptAttribution prompt) => $"'{input.Text(prompt.Difference.Pair.Plus)}' − '{input.Text(prompt.Difference.Pair.Minus)}'";

    private void PrintPrompt(TextWriter output, PromptAttribution prompt)
    {
        AttributionResult result = prompt.Result;
        string positions = string.Join(", ", prompt.Difference.Positions);
        output.WriteLine($"{prompt.Prompt}: logit {Pair(prompt)} at {positions} = {result.Difference:F4}; latents at {input.Place}");
        output.WriteLine();
        TextTable table = new("node", "position>", "token", "activation>", "attribution>", "ablation>");
        IEnumerable<(string Node, int Position, string Activation, double Attribution, double? Effect)> nodes =
        [
            .. result.Latents.Select(node => ($"latent {node.Latent}", node.Position, $"{node.Activation:F3}", node.Attribution, Effect(prompt, node))),
            .. result.Errors.Select(node => ("error", node.Position, string.Empty, node.Attribution, (double?)null)),
            .. result.Kept.Select(node => ("kept", node.Position, string.Empty, node.Attribution, (double?)null)),
        ];
        foreach ((string node, int position, string activation, double attribution, double? effect) in
            nodes.OrderByDescending(entry => Math.Abs(entry.Attribution)).Take(top))
        {
            string measured = effect is double known ? $"{known:F4}" : string.Empty;
            table.Add(node, $"{position}", input.Text(prompt.Ids[position]), activation, $"{attribution:F4}", measured);
        }

        table.Write(output);
        output.WriteLine();
        double latents = result.Latents.Sum(node => node.Attribution);
        double errors = result.Errors.Sum(node => node.Attribution);
        string rest = result.Baseline is double start
            ? $"; without latents and errors the difference is {start:F4}"
            : $", bias {result.Bias:F4}, kept {result.Kept.Sum(node => node.Attribution):F4}";
        output.WriteLine($"{result.Latents.Count} latents {latents:F4}, errors {errors:F4}{rest}");
        PrintPaths(output, prompt);
    }

    private void PrintPaths(TextWriter output, PromptAttribution prompt)
    {
        if (prompt.Paths.Count == 0)
        {
            return;
        }

        output.WriteLine();
        TextTable table = new("from", "position>", "token", "through", "position>", "token", "weight>");
        foreach (AttributionPath path in prompt.Paths)
        {
            table.Add(
                path.LowerLatent is int latent ? $"latent {latent}" : "error",
                $"{path.LowerPosition}",
                input.Text(prompt.Ids[path.LowerPosition]),
                $"latent {path.Upper.Latent}",
                $"{path.Upper.Position}",
                input.Text(prompt.Ids[path.Upper.Position]),
                $"{path.Weight:F4}");
        }

        table.Write(output);
    }

    private static double? Effect(PromptAttribution prompt, LatentNode node) =>
        prompt.Effects.TryGetValue((node.Position, node.Latent), out double effect) ? effect : null;

    private void WritePrompt(Utf8JsonWriter writer, PromptAttribution prompt)
    {
        AttributionResult result = prompt.Result;
        writer.WriteStartObject();
        writer.WriteString("prompt", prompt.Prompt);
        writer.WriteStartArray("tokens");
        foreach (int id in prompt.Ids)
        {
            writer.WriteStringValue(input.Model.Tokenizer.TokenText(id));
        }

        writer.WriteEndArray();
        CausalJson.Token(writer, "plus", input, prompt.Difference.Pair.Plus);
        CausalJson.Token(writer, "minus", input, prompt.Difference.Pair.Minus);
        writer.WriteStartArray("positions");
        foreach (int position in prompt.Difference.Positions)
        {
            writer.WriteNumberValue(position);
        }

        writer.WriteEndArray();
        CausalJson.Number(writer, "logit_difference", result.Difference);
        CausalJson.Number(writer, "baseline", result.Baseline);
        CausalJson.Number(writer, "rank_correlation", prompt.RankCorrelation);
        writer.WriteNumber("active_latents", result.Latents.Count);
        CausalJson.Number(writer, "latents_total", result.Latents.Sum(node => node.Attribution));
        CausalJson.Number(writer, "bias", result.Bias);
        writer.WriteStartArray("latents");
        foreach (LatentNode node in result.Strongest(Math.Max(top, prompt.Effects.Count)))
        {
            writer.WriteStartObject();
            writer.WriteNumber("position", node.Position);
            writer.WriteNumber("latent", node.Latent);
            CausalJson.Number(writer, "activation", node.Activation);
            CausalJson.Number(writer, "attribution", node.Attribution);
            CausalJson.Number(writer, "ablation_effect", Effect(prompt, node));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WritePositions(writer, "errors", result.Errors);
        WritePositions(writer, "kept", result.Kept);
        WritePaths(writer, prompt.Paths);
        writer.WriteEndObject();
    }

    private static void WritePositions(Utf8JsonWriter writer, string name, IReadOnlyList<PositionNode> nodes)
    {
        writer.WriteStartArray(name);
        foreach (PositionNode node in nodes)
        {
            writer.WriteStartObject();
            writer.WriteNumber("position", node.Position);
            CausalJson.Number(writer, "attribution", node.Attribution);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WritePaths(Utf8JsonWriter writer, IReadOnlyList<AttributionPath> paths)
    {
        writer.WriteStartArray("paths");
        foreach (AttributionPath path in paths)
        {
            writer.WriteStartObject();
            writer.WriteNumber("position", path.LowerPosition);
            if (path.LowerLatent is int latent)
            {
                writer.WriteNumber("latent", latent);
            }
            else
            {
                writer.WriteNull("latent");
            }

            writer.WriteNumber("through_position", path.Upper.Position);
            writer.WriteNumber("through_latent", path.Upper.Latent);
            CausalJson.Number(writer, "weight", path.Weight);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}

using System.Text.Json;
using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Interpretation;
using Saltus.Lm.Models;
using Saltus.Reports;

namespace Saltus.Cli.Causal;

/// <summary>
/// Whether latents do what they stand for: of latents chosen by a rule that looks at no steered text, how often generated text has the
/// latent's top tokens (those on which it is active most), without and with its direction added.
/// </summary>
/// <param name="context">The tool.</param>
/// <param name="team">Threads.</param>
/// <param name="input">Model and SAE.</param>
internal sealed class SteeringTable(ToolContext context, WorkTeam team, CausalInput input)
{
    /// <summary>What is added, as a multiple of a latent's largest activation.</summary>
    public const double DefaultMultiple = 3;

    /// <summary>Tokens that each prompt is continued by.</summary>
    public const int DefaultTokens = 32;

    /// <summary>The least that a rate must grow by.</summary>
    public const double DefaultFactor = 5;

    /// <summary>Prompts: beginnings of windows spread evenly over the text.</summary>
    private const int Prompts = 128;

    /// <summary>Tokens of a prompt, its BOS included.</summary>
    private const int PromptTokens = 16;

    /// <summary>The share of a text's tokens that a latent's top tokens may have together: a rate of more cannot grow many times.</summary>
    private const double LargestShare = 0.02;

    /// <summary>Gets what is added, as a multiple of a latent's largest activation on the text.</summary>
    public double Multiple { get; init; } = DefaultMultiple;

    /// <summary>Gets the tokens that each prompt is continued by.</summary>
    public int Tokens { get; init; } = DefaultTokens;

    /// <summary>Gets the temperature at which tokens are drawn.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Gets the seed of the draws.</summary>
    public long Seed { get; init; }

    /// <summary>Gets the least that a rate must grow by.</summary>
    public double Factor { get; init; } = DefaultFactor;

    /// <summary>Makes and prints the table.</summary>
    /// <param name="text">Held-out text.</param>
    /// <param name="asked">Tokens of a window; null for the default.</param>
    /// <param name="count">How many latents.</param>
    /// <returns>Whether every rate grew by the factor at least.</returns>
    public bool Run(TextInput text, int? asked, int count)
    {
        List<TokenWindow> windows = input.Windows(text, asked);
        Dictionary<string, long> seen = Occurrences(windows);
        LatentReport[] chosen =
        [
            .. Reports(windows).Where(latent => IsEligible(latent, seen)).OrderByDescending(OwnEffect).ThenBy(latent => latent.Index).Take(count),
        ];
        if (chosen.Length == 0)
        {
            throw new InputException(
                $"--automatic: expected latents that are active on 30 tokens of {text.Name} and on at most 1 % of them, and promote a rare token that "
                + "they are active on, found none; give more text");
        }

        int[][] prompts = [.. Spread(windows)];
        if (prompts.Length == 0)
        {
            throw new InputException($"--automatic: expected windows of at least {PromptTokens} tokens in {text.Name}, found none; give more text");
        }

        int[] clean = Generate(prompts, []);
        List<SteeringRow> rows = [];
        foreach (LatentReport latent in chosen)
        {
            LatentIntervention intervention = new(input.Placed, [latent.Index], LatentRules.Add((float)(Multiple * latent.MaxActivation)));
            int[] steered = Generate(prompts, intervention.Edits(team, input.Counted));
            HashSet<string> top = [.. latent.TopTokens.Select(token => token.Text)];
            rows.Add(new SteeringRow(latent, Count(clean, top), clean.Length, Count(steered, top), steered.Length));
        }

        if (context.IsJson)
        {
            context.WriteJson(writer => Write(writer, text, rows));
        }
        else
        {
            Print(text, rows, prompts.Length);
        }

        return rows.All(row => row.Multiple >= Factor);
    }

    /// <summary>
    /// What a latent's direction, at the latent's largest activation, adds by itself to the logits of its top tokens: the mean over them by
    /// summed activation, tokens that are not among those it promotes most counting 0. Many latents see a token and act on what follows it:
    /// steering them cannot bring that token back. Nothing of this looks at steered text.
    /// </summary>
    private static double OwnEffect(LatentReport latent)
    {
        Dictionary<string, double> promoted = [];
        foreach (TokenLogit token in latent.Promoted)
        {
            promoted.TryAdd(token.Text, token.Logit);
        }

        double all = latent.TopTokens.Sum(token => token.MeanActivation * token.Count);
        return latent.MaxActivation * latent.TopTokens.Sum(token => token.MeanActivation * token.Count * promoted.GetValueOrDefault(token.Text)) / all;
    }

    /// <summary>Whether the telling rule ranks a latent and its top tokens are rare enough to come several times as often.</summary>
    private static bool IsEligible(LatentReport latent, Dictionary<string, long> seen) =>
        !double.IsNaN(latent.TellingScore)
        && latent.TopTokens.Sum(token => seen.GetValueOrDefault(token.Text)) <= LargestShare * seen.Values.Sum()
        && OwnEffect(latent) > 0;

    /// <summary>How often each token stands in the text.</summary>
    private Dictionary<string, long> Occurrences(List<TokenWindow> windows)
    {
        Dictionary<string, long> result = new(StringComparer.Ordinal);
        foreach (TokenWindow window in windows)
        {
            for (int position = 0; position < window.Length; position++)
            {
                if (window.Counted[position])
                {
                    string text = input.Model.Tokenizer.TokenText(window.Ids[position]);
                    result[text] = result.GetValueOrDefault(text) + 1;
                }
            }
        }

        return result;
    }

    private IReadOnlyList<LatentReport> Reports(List<TokenWindow> windows)
    {
        LatentCollectorOptions options = new() { TopSnippets = 0, SnippetsPerInterval = 0, Neighbours = 0 };
        using LatentCollector collector = new(input.Placed.Sae.Latents, options);
        foreach (WindowBatch batch in WindowBatch.Split(windows, InterventionEvaluation.DefaultBatchTokens))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            using SpliceVectors vectors = input.Placed.Read(team, batch.Tokens, batch.CountedRows);
            SparseActivations activations = input.Placed.Encode(team, vectors.Inputs);
            for (int i = 0; i < batch.Windows.Count; i++)
            {
                collector.Add(batch.Windows[i], activations, batch.FirstCounted[i]);
            }
        }

        string[] texts = input.Model.TokenTexts();
        return collector.Build(
            team, input.Placed.Sae, texts, LogitEffects.Compute(team, input.Model.Model, input.Placed.Sae, input.Placed.Target, texts, options.OutputTokens));
    }

    private static IEnumerable<int[]> Spread(List<TokenWindow> windows)
    {
        TokenWindow[] eligible = [.. windows.Where(window => window.Length >= PromptTokens)];
        int count = Math.Min(Prompts, eligible.Length);
        return Enumerable.Range(0, count).Select(i => eligible[(int)((long)i * eligible.Length / count)].Ids[..PromptTokens]);
    }

    /// <summary>All new tokens, those that end a sequence too.</summary>
    private int[] Generate(int[][] prompts, IReadOnlyList<Edit> edits)
    {
        GenerationOptions options = new() { MaxTokens = Tokens, Temperature = Temperature, Seed = Seed, StopTokens = [], Edits = edits };
        return [.. Generation.Run(team, input.Model.Model, prompts, options, cancellation: context.Cancellation).SelectMany(sequence => sequence.Tokens)];
    }

    private int Count(int[] tokens, HashSet<string> texts) => tokens.Count(token => texts.Contains(input.Model.Tokenizer.TokenText(token)));

    private void Print(TextInput text, List<SteeringRow> rows, int prompts)
    {
        context.Out.WriteLine(
            $"{rows.Count} latents at {input.Place}, chosen on {text.Name}; {prompts} prompts of {PromptTokens} tokens, each continued by {Tokens} "
            + $"tokens at temperature {Temperature}, without and with {Multiple} times the latent's largest activation added");
        context.Out.WriteLine();
        context.Out.WriteLine("| latent | top tokens | largest activation | rate without | rate with | times |");
        context.Out.WriteLine("|--:|:--|--:|--:|--:|--:|");
        foreach (SteeringRow row in rows)
        {
            string tokens = string.Join(", ", row.Latent.TopTokens.Take(3).Select(token => $"`{CausalInput.Escape(token.Text)}`"));
            string times = $"{(row.IsBound ? "> " : string.Empty)}{row.Multiple:F1}";
            context.Out.WriteLine($"| {row.Latent.Index} | {tokens} | {row.Latent.MaxActivation:F1} | {row.Without:P2} | {row.With:P2} | {times} |");
        }

        context.Out.WriteLine();
        context.Out.WriteLine($"{rows.Count(row => row.Multiple >= Factor)} of {rows.Count} grow at least {Factor} times");
    }

    private void Write(Utf8JsonWriter writer, TextInput text, List<SteeringRow> rows)
    {
        writer.WriteStartObject();
        CausalJson.WritePlace(writer, input.Placed);
        writer.WriteString("text", text.Name);
        writer.WriteNumber("multiple", Multiple);
        writer.WriteNumber("temperature", Temperature);
        writer.WriteNumber("factor", Factor);
        writer.WriteStartArray("latents");
        foreach (SteeringRow row in rows)
        {
            writer.WriteStartObject();
            writer.WriteNumber("latent", row.Latent.Index);
            writer.WriteNumber("largest_activation", row.Latent.MaxActivation);
            writer.WriteStartArray("top_tokens");
            foreach (TokenActivation token in row.Latent.TopTokens)
            {
                writer.WriteStringValue(token.Text);
            }

            writer.WriteEndArray();
            writer.WriteNumber("rate_without", row.Without);
            writer.WriteNumber("rate_with", row.With);
            writer.WriteNumber("times", row.Multiple);
            writer.WriteBoolean("is_lower_bound", row.IsBound);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}

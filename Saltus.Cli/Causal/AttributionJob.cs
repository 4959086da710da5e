using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Interpretation;
using Saltus.Lm.Models;

namespace Saltus.Cli.Causal;

/// <summary>Attributes logit differences of prompts to latents, checks the strongest by ablation, and prints what came out.</summary>
/// <param name="context">The tool.</param>
/// <param name="team">Threads.</param>
/// <param name="input">Model and SAE.</param>
internal sealed class AttributionJob(ToolContext context, WorkTeam team, CausalInput input)
{
    /// <summary>Gets the logits; null for the two best of each prompt.</summary>
    public LogitPair? Pair { get; init; }

    /// <summary>Gets the positions; none for the last of each prompt.</summary>
    public IReadOnlyList<int> Positions { get; init; } = [];

    /// <summary>Gets how attributions are made.</summary>
    public AttributionOptions Options { get; init; } = new();

    /// <summary>Gets how many latents are ablated for real.</summary>
    public int Checked { get; init; }

    /// <summary>Gets how many nodes and paths are shown.</summary>
    public int Top { get; init; }

    /// <summary>Gets the SAE of a later place; null for none.</summary>
    public PlacedSae? Second { get; init; }

    /// <summary>Does the work and prints it.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <returns>The mean of the prompts' rank correlations; NaN without a check.</returns>
    public double Run(IReadOnlyList<string> prompts)
    {
        PathAttribution? paths = Second is null ? null : new PathAttribution(input.Placed, Second);
        List<PromptAttribution> done = [];
        foreach (string prompt in prompts)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            done.Add(Attribute(prompt, paths));
        }

        double mean = done.Average(attribution => attribution.RankCorrelation);
        AttributionOutput output = new(input, Options.Method, Top);
        if (context.IsJson)
        {
            context.WriteJson(writer => output.Write(writer, done, mean));
        }
        else
        {
            output.Print(context.Out, done, mean);
        }

        return mean;
    }

    private PromptAttribution Attribute(string prompt, PathAttribution? paths)
    {
        TokenWindow window = input.Prompt(prompt);
        int[] ids = window.Ids;
        int[] positions = Positions.Count > 0 ? [.. Positions.Distinct()] : [ids.Length - 1];
        if (positions.Max() >= ids.Length)
        {
            throw new InputException($"--at: expected a position below {ids.Length}, the tokens of '{prompt}', found {positions.Max()}");
        }

        LogitDifference difference = new(Pair ?? Best(ids, positions[^1]), positions);
        AttributionResult result = new LatentAttribution(input.Placed).Run(team, ids, window.Counted, difference, Options);
        IReadOnlyList<LatentNode> strongest = result.Strongest(Checked);
        IReadOnlyList<double> effects = strongest.Count == 0 ? [] : new NodeAblation(input.Placed).Run(team, ids, strongest, difference, context.Cancellation);
        return new PromptAttribution(
            prompt,
            ids,
            difference,
            result,
            strongest.Zip(effects).ToDictionary(pair => (pair.First.Position, pair.First.Latent), pair => pair.Second),
            paths?.Run(team, ids, window.Counted, difference, Top, Top, context.Cancellation) ?? []);
    }

    /// <summary>The two best next tokens at a position; of equal logits the lower id counts as better.</summary>
    private LogitPair Best(int[] ids, int position)
    {
        LogitPair best = default;
        input.Model.Model.Run(team, new TokenBatch([ids]), new ModelRun
        {
            Logits = (_, first, logits) =>
            {
                if (position >= first && position < first + logits.Rows)
                {
                    int[] two = LargestValues.Find(logits.Row(position - first), 2);
                    best = new LogitPair(two[0], two[1]);
                }
            },
        });
        return best;
    }
}

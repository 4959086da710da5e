using Saltus.Lm.Interpretation;

namespace Saltus.Cli.Causal;

/// <summary>What was found of one prompt.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Ids">Its tokens.</param>
/// <param name="Difference">What was explained.</param>
/// <param name="Result">The nodes.</param>
/// <param name="Effects">True effects of ablating the strongest latents, strongest first.</param>
/// <param name="Paths">Paths through a second SAE.</param>
internal sealed record PromptAttribution(
    string Prompt,
    int[] Ids,
    LogitDifference Difference,
    AttributionResult Result,
    IReadOnlyDictionary<(int Position, int Latent), double> Effects,
    IReadOnlyList<AttributionPath> Paths)
{
    /// <summary>Gets Spearman's correlation of attributions and true effects; NaN for fewer than two.</summary>
    public double RankCorrelation
    {
        get
        {
            IReadOnlyList<LatentNode> nodes = Result.Strongest(Effects.Count);
            return Saltus.Lm.Interpretation.RankCorrelation.Spearman(
                [.. nodes.Select(node => node.Attribution)], [.. nodes.Select(node => Effects[(node.Position, node.Latent)])]);
        }
    }
}

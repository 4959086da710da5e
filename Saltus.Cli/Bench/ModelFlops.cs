using Saltus.Lm.Models;

namespace Saltus.Cli.Bench;

/// <summary>The arithmetic that a forward pass cannot do without: its matrix products, and attention over what a token may see.</summary>
internal static class ModelFlops
{
    /// <summary>Counts a forward pass without a cache.</summary>
    /// <param name="model">The architecture.</param>
    /// <param name="batch">The sequences.</param>
    /// <param name="hasLogits">Whether logits of every token are computed.</param>
    /// <returns>Floating-point operations; a multiply-add counts as two.</returns>
    public static double Forward(ModelConfiguration model, TokenBatch batch, bool hasLogits)
    {
        double d = model.Width;
        double queries = (double)model.Heads * model.HeadWidth;
        double keys = (double)model.KeyValueHeads * model.HeadWidth;
        double weights = model.Layers * ((d * (queries + (2 * keys))) + (queries * d) + ((model.Gated ? 3 : 2) * d * model.MlpWidth));
        double flops = 2 * batch.TokenCount * (weights + (hasLogits ? d * model.VocabularySize : 0));
        for (int layer = 0; layer < model.Layers; layer++)
        {
            for (int sequence = 0; sequence < batch.SequenceCount; sequence++)
            {
                flops += 4 * queries * Visible(batch.Length(sequence), model.Windows[layer]);
            }
        }

        return flops;
    }

    /// <summary>Pairs of a token and one that it sees: itself and those before it, within the window.</summary>
    private static double Visible(int length, int? window)
    {
        double inWindow = Math.Min(length, window ?? length);
        return (inWindow * (inWindow + 1) / 2) + ((length - inWindow) * inWindow);
    }
}

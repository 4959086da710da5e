using System.Buffers;
using System.Numerics.Tensors;
using Saltus.Kernels;

namespace Saltus.Lm.Interpretation;

/// <summary>
/// The losses of one predicted token in a clean and in a changed run, and the divergence between the two, from one pass over both rows of
/// logits: half the exponentials of computing them one by one.
/// </summary>
/// <param name="Clean">−log p(target).</param>
/// <param name="Changed">−log q(target).</param>
/// <param name="Kl">Σ p·(log p − log q).</param>
internal readonly record struct NextTokenLoss(double Clean, double Changed, double Kl)
{
    /// <summary>Compares two rows of logits.</summary>
    /// <param name="clean">Logits of p.</param>
    /// <param name="changed">Logits of q.</param>
    /// <param name="target">The token that followed.</param>
    public static NextTokenLoss Compare(ReadOnlySpan<float> clean, ReadOnlySpan<float> changed, int target)
    {
        float[] rented = ArrayPool<float>.Shared.Rent(2 * clean.Length);
        Span<float> exponentials = rented.AsSpan(0, clean.Length);
        Span<float> differences = rented.AsSpan(clean.Length, clean.Length);
        (double changedNormaliser, _) = Normaliser(changed, exponentials);
        (double cleanNormaliser, double total) = Normaliser(clean, exponentials);
        double cleanLoss = cleanNormaliser - clean[target];

        // Differences first: both rows share most of their size, which would cancel in the sum.
        TensorPrimitives.Subtract(clean, changed, differences);
        double kl = (Reductions.DotInDouble(exponentials, differences) / total) - (cleanNormaliser - changedNormaliser);
        ArrayPool<float>.Shared.Return(rented);
        return new NextTokenLoss(cleanLoss, changedNormaliser - changed[target], kl);
    }

    private static (double Normaliser, double Total) Normaliser(ReadOnlySpan<float> logits, Span<float> exponentials)
    {
        float largest = Reductions.Max(logits);
        Elementary.ExpOfDifference(logits, largest, exponentials);
        double total = Reductions.SumInDouble(exponentials);
        return (largest + Math.Log(total), total);
    }
}

namespace Saltus.Autoencoders;

/// <summary>Which latents a top-k kind of activation keeps; of equal values the one of lower index.</summary>
internal static class Selection
{
    public static (int Latent, float Value)[] Choose(ReadOnlySpan<float> pre, Activation activation) => activation switch
    {
        TopKActivation { Relu: TopKRelu.None } top => Largest(pre, top.K, value => value, _ => true),
        TopKActivation top => Largest(pre, top.K, value => value, value => value > 0),
        AbsTopKActivation top => Largest(pre, top.K, Math.Abs, value => value != 0),
        GroupMaxActivation group => GroupMaxima(pre, group.K),
        _ => throw new ArgumentException($"no selection rule for {activation.GetType().Name}", nameof(activation)),
    };

    private static (int Latent, float Value)[] Largest(ReadOnlySpan<float> pre, int k, Func<float, float> rank, Func<float, bool> isActive)
    {
        float[] ranks = new float[pre.Length];
        for (int i = 0; i < pre.Length; i++)
        {
            ranks[i] = rank(pre[i]);
        }

        float[] sorted = (float[])ranks.Clone();
        Array.Sort(sorted);
        float cut = sorted[^k];
        int above = sorted.Length - Array.FindLastIndex(sorted, value => value <= cut) - 1;
        int atCut = k - above;
        List<(int, float)> kept = new(k);
        for (int i = 0; i < pre.Length; i++)
        {
            if ((ranks[i] > cut || (ranks[i] == cut && atCut-- > 0)) && isActive(pre[i]))
            {
                kept.Add((i, pre[i]));
            }
        }

        return [.. kept];
    }

    private static (int Latent, float Value)[] GroupMaxima(ReadOnlySpan<float> pre, int groups)
    {
        int size = pre.Length / groups;
        List<(int, float)> kept = new(groups);
        for (int group = 0; group < groups; group++)
        {
            int best = group * size;
            for (int i = best + 1; i < (group + 1) * size; i++)
            {
                best = pre[i] > pre[best] ? i : best;
            }

            if (pre[best] > 0)
            {
                kept.Add((best, pre[best]));
            }
        }

        return [.. kept];
    }
}

using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>
/// Chooses the tokens of one sequence. Probabilities are exp((logit − best)/temperature), computed by <see cref="Elementary"/>, summed in
/// float64 from the best token down: the same choice on every machine.
/// </summary>
/// <param name="options">How.</param>
/// <param name="sequence">Index of the sequence: each has its own stream of draws.</param>
internal sealed class TokenSampler(GenerationOptions options, int sequence)
{
    private readonly RandomSource _random = new(options.Seed, $"sampling {sequence}");
    private int[] _ids = [];
    private float[] _weights = [];

    /// <summary>Chooses a token.</summary>
    /// <param name="logits">One a token of the vocabulary.</param>
    /// <returns>Its id.</returns>
    public int Next(ReadOnlySpan<float> logits)
    {
        if (options.Temperature == 0)
        {
            return Best(logits);
        }

        if (_ids.Length != logits.Length)
        {
            (_ids, _weights) = (new int[logits.Length], new float[logits.Length]);
        }

        for (int id = 0; id < _ids.Length; id++)
        {
            _ids[id] = id;

            // Negated, so that an ascending sort has the best first.
            _weights[id] = -logits[id];
        }

        SortByLogitThenId();
        int count = Math.Min(options.TopK ?? _ids.Length, _ids.Length);
        Span<float> weights = _weights.AsSpan(0, count);
        float best = -weights[0];
        for (int i = 0; i < count; i++)
        {
            weights[i] = (float)((-weights[i] - (double)best) / options.Temperature);
        }

        Elementary.Exp(weights, weights);
        double total = Sum(weights, count);
        int eligible = options.TopP < 1 ? CountUpTo(weights, options.TopP * total) : count;
        double drawn = _random.NextDouble() * (eligible < count ? Sum(weights, eligible) : total);
        return _ids[CountAbove(weights[..eligible], drawn)];
    }

    private static int Best(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int id = 1; id < logits.Length; id++)
        {
            best = logits[id] > logits[best] ? id : best;
        }

        return best;
    }

    /// <summary>A sort that is not stable needs the ids of equal logits put in order afterwards.</summary>
    private void SortByLogitThenId()
    {
        Array.Sort(_weights, _ids);
        for (int start = 0; start < _ids.Length;)
        {
            int end = start + 1;
            while (end < _ids.Length && _weights[end] == _weights[start])
            {
                end++;
            }

            Array.Sort(_ids, start, end - start);
            start = end;
        }
    }

    private static double Sum(ReadOnlySpan<float> weights, int count)
    {
        double sum = 0;
        foreach (float weight in weights[..count])
        {
            sum += weight;
        }

        return sum;
    }

    /// <summary>How many of the first weights reach a sum.</summary>
    private static int CountUpTo(ReadOnlySpan<float> weights, double sum)
    {
        double reached = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            reached += weights[i];
            if (reached >= sum)
            {
                return i + 1;
            }
        }

        return weights.Length;
    }

    /// <summary>The first weight with which the sum exceeds what was drawn.</summary>
    private static int CountAbove(ReadOnlySpan<float> weights, double drawn)
    {
        double reached = 0;
        for (int i = 0; i < weights.Length - 1; i++)
        {
            reached += weights[i];
            if (reached > drawn)
            {
                return i;
            }
        }

        return weights.Length - 1;
    }
}

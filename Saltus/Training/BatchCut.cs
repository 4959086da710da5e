using Saltus.Kernels;

namespace Saltus.Training;

/// <summary>
/// Keeps the n largest positive pre-activations of a batch (arXiv 2412.06410). The product keeps what is above a guess from the last
/// step's cut; when that is too few, it is repeated with lower floors, at last with the exact floor 0.
/// </summary>
internal sealed class BatchCut
{
    /// <summary>How far below the last cut the next guess lies.</summary>
    private const float GuessShare = 0.9f;

    private float[] _ranks = [];
    private float[] _order = [];
    private float _guess = float.NaN;
    private float _floor;

    /// <summary>Gets whether there is no cut yet to guess from.</summary>
    public bool WantsSample => float.IsNaN(_guess);

    /// <summary>Puts its memory onto the list of what a checkpoint holds.</summary>
    /// <param name="state">The list.</param>
    public void AddState(TrainingState state) => state.AddNumber("method.cut_guess", () => _guess, guess => _guess = (float)guess);

    /// <summary>Sets the floors to the guess.</summary>
    /// <param name="floors">[M]; overwritten.</param>
    /// <param name="factors">By which pre-activations are ranked, [M]; empty for 1.</param>
    public void Floors(Span<float> floors, ReadOnlySpan<float> factors)
    {
        _floor = float.IsNaN(_guess) ? 0 : _guess;
        Fill(floors, factors);
    }

    /// <summary>Guesses from the entries of some rows.</summary>
    /// <param name="context">The step; candidates are all positive entries of some rows.</param>
    /// <param name="share">Of the count to keep, what falls to one row.</param>
    /// <param name="floors">[M]; overwritten.</param>
    /// <param name="factors">[M]; empty for 1.</param>
    public void Sample(StepContext context, double share, Span<float> floors, ReadOnlySpan<float> factors)
    {
        int count = (int)(share * context.Candidates.Rows);
        Span<float> ranks = Rank(context, factors);
        _guess = ranks.Length > count && count > 0 ? GuessShare * OrderStatistics.Largest(ranks, count) : 0;
        (_ranks, _order) = ([], []);
        Floors(floors, factors);
    }

    /// <summary>Chooses among the candidates.</summary>
    /// <param name="context">The step.</param>
    /// <param name="count">How many to keep, n.</param>
    /// <param name="floors">Lowered where the guess was too high.</param>
    /// <param name="factors">[M]; empty for 1.</param>
    /// <returns>All rows when the product must be repeated, else none.</returns>
    public ReadOnlySpan<int> Select(StepContext context, long count, Span<float> floors, ReadOnlySpan<float> factors)
    {
        Span<float> ranks = Rank(context, factors);
        if (ranks.Length < count && _floor > 0)
        {
            _floor = _floor == _guess ? _guess / 2 : 0;
            Fill(floors, factors);
            return context.AllRows;
        }

        float cut = 0;
        long atCut = long.MaxValue;
        if (ranks.Length > count)
        {
            (cut, atCut) = Cut(ranks, (int)count);
        }

        ReadOnlySpan<float> pre = context.Candidates.Value;
        for (int at = 0; at < ranks.Length; at++)
        {
            bool kept = pre[at] > 0 && (ranks[at] > cut || (ranks[at] == cut && atCut-- > 0));
            context.Activation[at] = kept ? pre[at] : 0;
        }

        _guess = cut * GuessShare;
        return [];
    }

    private void Fill(Span<float> floors, ReadOnlySpan<float> factors)
    {
        if (factors.IsEmpty || _floor == 0)
        {
            floors.Fill(_floor);
            return;
        }

        for (int latent = 0; latent < floors.Length; latent++)
        {
            floors[latent] = _floor / factors[latent];
        }
    }

    private Span<float> Rank(StepContext context, ReadOnlySpan<float> factors)
    {
        ReadOnlySpan<int> latents = context.Candidates.Latent;
        ReadOnlySpan<float> pre = context.Candidates.Value;
        if (_ranks.Length < pre.Length)
        {
            _ranks = new float[pre.Length + (pre.Length / 4)];
            _order = new float[_ranks.Length];
        }

        Span<float> ranks = _ranks.AsSpan(0, pre.Length);
        pre.CopyTo(ranks);
        for (int at = 0; at < ranks.Length && !factors.IsEmpty; at++)
        {
            ranks[at] *= factors[latents[at]];
        }

        return ranks;
    }

    /// <summary>Finds the n-th largest value, and how many entries of just that value are among the n.</summary>
    private (float Cut, int AtCut) Cut(ReadOnlySpan<float> ranks, int count)
    {
        if (count == 0)
        {
            return (float.PositiveInfinity, 0);
        }

        Span<float> order = _order.AsSpan(0, ranks.Length);
        ranks.CopyTo(order);
        float cut = OrderStatistics.Largest(order, count);
        int above = 0;
        foreach (float rank in ranks)
        {
            above += rank > cut ? 1 : 0;
        }

        return (cut, count - above);
    }
}

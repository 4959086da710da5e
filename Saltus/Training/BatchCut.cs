namespace Saltus.Training;

/// <summary>
/// Keeps the n largest positive pre-activations of a batch (arXiv 2412.06410). The product keeps what is above a guess from the last
/// step's cut; when that is too few, it is repeated with the exact floor 0.
/// </summary>
internal sealed class BatchCut
{
    /// <summary>How far below the last cut the next guess lies.</summary>
    private const float GuessShare = 0.9f;

    /// <summary>Weight of a new cut in the running average; corrected for the start.</summary>
    private const double AverageWeight = 0.02;

    private float[] _sorted = [];
    private float _guess;
    private double _average;
    private double _weight;

    /// <summary>Gets the running average of the cut.</summary>
    public float Average => _weight > 0 ? (float)(_average / _weight) : 0;

    /// <summary>Puts its memory onto the list of what a checkpoint holds.</summary>
    /// <param name="state">The list.</param>
    public void AddState(TrainingState state)
    {
        state.AddNumber("method.cut_guess", () => _guess, guess => _guess = (float)guess);
        state.AddNumber("method.cut_average", () => _average, average => _average = average);
        state.AddNumber("method.cut_weight", () => _weight, weight => _weight = weight);
    }

    /// <summary>Sets the floors to the guess.</summary>
    /// <param name="floors">[M]; overwritten.</param>
    public void Floors(Span<float> floors) => floors.Fill(_guess);

    /// <summary>Chooses among the candidates.</summary>
    /// <param name="context">The step.</param>
    /// <param name="count">How many to keep, n.</param>
    /// <param name="floors">Lowered to 0 where the guess was too high.</param>
    /// <returns>False when the product must be repeated.</returns>
    public bool Select(StepContext context, long count, Span<float> floors)
    {
        ReadOnlySpan<float> pre = context.Candidates.Value;
        if (pre.Length < count && _guess > 0)
        {
            _guess = 0;
            floors.Clear();
            return false;
        }

        float cut = 0;
        int atCut = int.MaxValue;
        if (pre.Length > count)
        {
            (cut, atCut) = Cut(pre, (int)count);
        }

        for (int at = 0; at < pre.Length; at++)
        {
            bool kept = pre[at] > cut || (pre[at] == cut && atCut-- > 0);
            context.Activation[at] = kept ? pre[at] : 0;
        }

        _guess = cut * GuessShare;
        _average += AverageWeight * (cut - _average);
        _weight += AverageWeight * (1 - _weight);
        return true;
    }

    /// <summary>Finds the n-th largest value, and how many entries of just that value are among the n.</summary>
    private (float Cut, int AtCut) Cut(ReadOnlySpan<float> values, int count)
    {
        if (_sorted.Length < values.Length)
        {
            _sorted = new float[values.Length + (values.Length / 4)];
        }

        Span<float> sorted = _sorted.AsSpan(0, values.Length);
        values.CopyTo(sorted);
        sorted.Sort();
        float cut = sorted[^count];
        int above = 0;
        while (sorted[^(above + 1)] > cut)
        {
            above++;
        }

        return (cut, count - above);
    }
}

namespace Saltus.Training;

/// <summary>The running average of the smallest activation that a top-k choice keeps (arXiv 2412.06410).</summary>
/// <param name="options">How it is taken.</param>
internal sealed class ThresholdAverage(ThresholdEstimate options)
{
    private double _sum = options.Start ?? 0;
    private double _weight;

    /// <summary>Gets the threshold; negative or 0 before the first value.</summary>
    public double Value => options.Start is not null ? _sum : _weight > 0 ? _sum / _weight : 0;

    /// <summary>Takes in a step.</summary>
    /// <param name="context">The step, selected.</param>
    /// <param name="factors">By which activations are ranked, [M]; empty for 1.</param>
    public void Update(StepContext context, ReadOnlySpan<float> factors)
    {
        if (context.Step < options.FirstStep || options.Weight == 0 || !FindSmallest(context, factors, out double smallest))
        {
            return;
        }

        if (options.Start is null)
        {
            _sum += options.Weight * (smallest - _sum);
            _weight += options.Weight * (1 - _weight);
        }
        else
        {
            _sum = _sum < 0 ? smallest : ((1 - options.Weight) * _sum) + (options.Weight * smallest);
        }
    }

    /// <summary>Puts its memory onto the list of what a checkpoint holds.</summary>
    /// <param name="state">The list.</param>
    public void AddState(TrainingState state)
    {
        state.AddNumber("method.threshold_sum", () => _sum, sum => _sum = sum);
        state.AddNumber("method.threshold_weight", () => _weight, weight => _weight = weight);
    }

    private bool FindSmallest(StepContext context, ReadOnlySpan<float> factors, out double smallest)
    {
        ReadOnlySpan<int> latents = context.Candidates.Latent;
        ReadOnlySpan<int> starts = context.Candidates.RowStart;
        double sum = 0;
        float least = float.PositiveInfinity;
        for (int row = 0; row < context.Rows; row++)
        {
            float leastOfRow = float.PositiveInfinity;
            for (int at = starts[row]; at < starts[row + 1]; at++)
            {
                float value = context.Activation[at];
                if (value > 0)
                {
                    leastOfRow = Math.Min(leastOfRow, factors.IsEmpty ? value : value * factors[latents[at]]);
                }
            }

            least = Math.Min(least, leastOfRow);
            sum += leastOfRow;
        }

        // A row without a kept entry makes the mean infinite, as it is in the libraries that take it.
        smallest = options.TakesRowMean ? sum / context.Rows : least;
        return least < float.PositiveInfinity;
    }
}

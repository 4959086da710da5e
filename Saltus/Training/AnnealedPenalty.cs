using Saltus.Kernels;

namespace Saltus.Training;

/// <summary>Σ f^p with the p of the moment, and the factor on λ that keeps the penalty where it was when p falls.</summary>
/// <param name="options">How p falls.</param>
internal sealed class AnnealedPenalty(PowerAnnealing options)
{
    /// <summary>Below it the slope of f^p, which is infinite at 0, stays that of this activation.</summary>
    private const double SmallestActivation = 1e-4;

    /// <summary>Recent means: those under the exponent in force first, then those under the next.</summary>
    private readonly double[] _means = new double[2 * options.Recent];
    private double _exponent = options.From;
    private double _next = options.From;
    private long _measured;

    /// <summary>Computes the penalty of a step under the exponent in force, λ apart.</summary>
    /// <param name="context">The step.</param>
    /// <returns>The mean over the batch.</returns>
    public double Measure(StepContext context)
    {
        _exponent = options.Exponent(context.Step);
        _next = NextExponent();
        double sum = 0;
        double nextSum = 0;
        foreach (float value in context.Activation.AsSpan(0, context.Candidates.Count))
        {
            if (value > 0)
            {
                sum += RealFunctions.Pow(value, _exponent);
                nextSum += RealFunctions.Pow(value, _next);
            }
        }

        int slot = (int)(_measured++ % options.Recent);
        _means[slot] = sum / context.Rows;
        _means[options.Recent + slot] = nextSum / context.Rows;
        return sum / context.Rows;
    }

    /// <summary>Gets the derivative of f^p.</summary>
    /// <param name="activation">f, above 0.</param>
    /// <returns>p · f^(p − 1).</returns>
    public double Slope(float activation) => _exponent == 1 ? 1 : _exponent * RealFunctions.Pow(Math.Max(activation, SmallestActivation), _exponent - 1);

    /// <summary>Goes on to the exponent of the next step.</summary>
    /// <param name="step">The step done.</param>
    /// <returns>The factor on λ: 1 but where the exponent falls.</returns>
    public double Advance(int step)
    {
        if (options.Exponent(step + 1) == _exponent)
        {
            return 1;
        }

        double mean = 0;
        double nextMean = 0;
        for (int slot = 0; slot < Math.Min(_measured, options.Recent); slot++)
        {
            mean += _means[slot];
            nextMean += _means[options.Recent + slot];
        }

        _measured = 0;
        return nextMean > 0 ? mean / nextMean : 1;
    }

    /// <summary>Puts its memory onto the list of what a checkpoint holds.</summary>
    /// <param name="state">The list.</param>
    public void AddState(TrainingState state)
    {
        state.AddDoubles("method.annealed_means", _means);
        state.AddCount("method.annealed_measured", () => _measured, measured => _measured = measured);
    }

    private double NextExponent() => Math.Max(options.To, _exponent - ((options.From - options.To) / options.Updates));
}

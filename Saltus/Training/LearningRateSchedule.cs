using Saltus.Kernels;

namespace Saltus.Training;

/// <summary>The factor on a learning rate at each step: warm-up, constant, linear decay to 0 at the end.</summary>
/// <param name="Warmup">Shape of the rise.</param>
/// <param name="WarmupSteps">Steps of the rise; 0 for none.</param>
/// <param name="TotalSteps">Steps of the whole run; 0 where unknown (no decay then).</param>
/// <param name="DecaySteps">Steps of the fall at the end; 0 for none.</param>
public sealed record LearningRateSchedule(WarmupShape Warmup, int WarmupSteps, int TotalSteps = 0, int DecaySteps = 0)
{
    private const double CosineStart = 0.1;

    /// <summary>Gets the factor at a step.</summary>
    /// <param name="step">0 for the first step.</param>
    /// <returns>A factor in [0, 1].</returns>
    public double Factor(int step)
    {
        double factor = 1;
        if (step < WarmupSteps)
        {
            double share = (double)step / WarmupSteps;
            factor = Warmup == WarmupShape.Linear ? share : CosineStart + ((1 - CosineStart) * (1 - RealFunctions.CosPi(share)) / 2);
        }

        int left = TotalSteps - step;
        return DecaySteps > 0 && left < DecaySteps ? factor * Math.Max(0, (double)left / DecaySteps) : factor;
    }
}

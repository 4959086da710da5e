namespace Saltus.Tests.Training.Twin;

/// <summary>The schedules in force at step t, which is 0 at the first step.</summary>
internal static class TwinSchedules
{
    public static double LearningRate(TwinOptions options, int t)
    {
        if (options.LrWarmup is null || t >= options.LrWarmupSteps)
        {
            return options.Lr;
        }

        double ratio = (double)t / options.LrWarmupSteps;
        return options.LrWarmup == "cosine" ? options.Lr * (0.1 + (0.9 * (1 - Math.Cos(Math.PI * ratio)) / 2)) : options.Lr * ratio;
    }

    public static double Coefficient(TwinOptions options, int t) =>
        options.CoefficientWarmup == 0 ? options.Coefficient : options.Coefficient * Math.Min(1, (double)t / options.CoefficientWarmup);
}

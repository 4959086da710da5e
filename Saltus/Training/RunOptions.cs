namespace Saltus.Training;

/// <summary>What a completed configuration means for the trainer and for the method.</summary>
internal static class RunOptions
{
    private const int PaperLambdaWarmupSteps = 10_000;

    /// <summary>Gets the shared knobs.</summary>
    /// <param name="run">Completed by its recipe.</param>
    /// <param name="scale">What the first vectors say of the data.</param>
    /// <returns>Options of the trainer.</returns>
    public static TrainerOptions Trainer(RunConfiguration run, NormScale scale)
    {
        bool paper = run.Recipe == Recipe.Paper;
        int steps = run.Steps();
        return new TrainerOptions
        {
            LearningRate = run.LearningRate!.Value,
            ThresholdLearningRate = run.ThresholdLearningRate,
            Schedule = new LearningRateSchedule(
                paper ? WarmupShape.Cosine : WarmupShape.Linear,
                (int)Math.Round(run.WarmupShare!.Value * steps),
                steps,
                (int)Math.Round(run.DecayShare!.Value * steps)),
            Beta1 = paper ? 0 : 0.9,
            ThresholdBeta1 = 0,
            ClipNorm = paper ? 0 : 1,
            Auxiliary = new AuxiliaryOptions { Coefficient = run.AuxCoefficient!.Value },
            DeadAfter = run.DeadAfter!.Value,
            Scale = scale.Scale,
            Variance = scale.VarianceShare,
        };
    }

    /// <summary>Gets JumpReLU's knobs.</summary>
    /// <param name="run">Completed by its recipe.</param>
    /// <returns>Options of the method.</returns>
    public static JumpReluOptions JumpRelu(RunConfiguration run)
    {
        bool paper = run.Recipe == Recipe.Paper;
        int steps = run.Steps();
        return new JumpReluOptions
        {
            LogThreshold = paper,
            InitialThreshold = run.InitialThreshold!.Value,
            Bandwidth = run.Bandwidth ?? 1,
            RelativeBandwidth = run.RelativeBandwidth,
            ReluPreActivation = paper,
            Lambda = run.Lambda ?? 1e-3,
            LambdaWarmupSteps = paper ? Math.Min(PaperLambdaWarmupSteps, steps / 2) : 0,
            TargetL0 = run.L0 ?? 0,
            SteerLambda = run.L0 is not null,
            SharedCutSteps = (int)Math.Round(run.SharedCutShare!.Value * steps),
        };
    }
}

namespace Saltus.Training;

/// <summary>Gemma Scope's account of the JumpReLU paper (arXiv 2408.05147, 2407.14435), meant for billions of tokens.</summary>
/// <param name="Name">Its name: the paper's or the suite's.</param>
internal sealed record PaperRecipe(string Name) : RecipeSettings(Name, [MethodNames.JumpRelu])
{
    private const long LongestSilence = 1_000_000;
    private const int LambdaWarmupSteps = 10_000;

    /// <inheritdoc/>
    public override RunConfiguration Complete(RunConfiguration given)
    {
        int steps = (given with { Batch = given.Batch ?? 4096 }).Steps();
        return given with
        {
            Lambda = given.L0 is null ? given.Lambda ?? 6e-4 : null,
            Batch = given.Batch ?? 4096,
            LearningRate = given.LearningRate ?? 7e-5,
            ThresholdLearningRate = given.ThresholdLearningRate ?? given.LearningRate ?? 7e-5,
            WarmupShare = given.WarmupShare ?? Math.Min(1, 1000.0 / steps),
            DecayShare = given.DecayShare ?? 0,
            LambdaWarmupShare = given.LambdaWarmupShare ?? (double)Math.Min(LambdaWarmupSteps, steps / 2) / steps,
            SharedCutShare = given.SharedCutShare ?? 0,
            SharedCutStart = given.SharedCutStart ?? 1,
            Bandwidth = given.RelativeBandwidth is null ? given.Bandwidth ?? 0.001 : given.Bandwidth,
            InitialThreshold = given.InitialThreshold ?? 0.001,
            AuxCoefficient = given.AuxCoefficient ?? 0,
            DeadAfter = given.DeadAfter ?? LongestSilence,
            ShuffleBuffer = given.ShuffleBuffer ?? 1_000_000,
        };
    }

    /// <inheritdoc/>
    public override TrainerOptions Trainer(RunConfiguration run) => new()
    {
        LearningRate = run.LearningRate!.Value,
        ThresholdLearningRate = run.ThresholdLearningRate,
        Schedule = Schedule(run, WarmupShape.Cosine),
        PreEncoderBias = !run.IsTranscoder,
        Auxiliary = new AuxiliaryOptions { Coefficient = run.AuxCoefficient!.Value },
        DeadAfter = run.DeadAfter!.Value,
    };

    /// <inheritdoc/>
    public override TrainingMethod Create(RunConfiguration run) => new JumpReluMethod(new JumpReluOptions
    {
        ClampThreshold = false,
        InitialThreshold = run.InitialThreshold!.Value,
        Bandwidth = run.Bandwidth ?? 1,
        RelativeBandwidth = run.RelativeBandwidth,
        ReluPreActivation = true,
        Lambda = run.Lambda ?? 1e-3,
        LambdaWarmupSteps = StepsOf(run.LambdaWarmupShare, run.Steps()),
        TargetL0 = run.L0 ?? 0,
        SteerLambda = run.L0 is not null,
        SharedCutSteps = StepsOf(run.SharedCutShare, run.Steps()),
        SharedCutStart = run.SharedCutStart!.Value,
    });

    /// <inheritdoc/>
    public override void Start(SaeParameters parameters, RunConfiguration run, StartData data) => Initialization.Set(parameters, run.Seed);
}

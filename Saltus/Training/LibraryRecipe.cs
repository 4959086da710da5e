using Saltus.Autoencoders;

namespace Saltus.Training;

/// <summary>Another tool's settings as its own trainer runs them: each is held by a run of that trainer (tests, fixtures/training).</summary>
/// <param name="Name">Tool and architecture.</param>
/// <param name="Method">The architecture here.</param>
/// <param name="Defaults">What the tool's own defaults are.</param>
/// <param name="Options">The trainer's knobs; learning rate, schedule and silence come from the configuration.</param>
/// <param name="Make">The method.</param>
internal sealed record LibraryRecipe(
    string Name, string Method, LibraryDefaults Defaults, TrainerOptions Options, Func<RunConfiguration, int, TrainingMethod> Make) : RecipeSettings(Name, [Method])
{
    /// <summary>Latents for which the rate that falls with the width is stated.</summary>
    private const double RateWidth = 1 << 14;

    /// <inheritdoc/>
    public override bool TakesTargetAndLambda => Defaults.L0 is not null && Defaults.Lambda is not null;

    /// <inheritdoc/>
    public override RunConfiguration Complete(RunConfiguration given)
    {
        // Another tool's loss has no controller: where only λ is its knob, --l0 still steers it.
        bool steers = given.L0 is not null && Defaults.L0 is null;
        double? lambda = steers ? null : given.Lambda ?? Defaults.Lambda;
        RunConfiguration run = given with
        {
            L0 = given.L0 ?? Defaults.L0,
            Lambda = lambda,
            Batch = given.Batch ?? Defaults.Batch,
            LearningRate = given.LearningRate ?? Defaults.LearningRate / (Defaults.RateFallsWithWidth ? Math.Sqrt(given.Width / RateWidth) : 1),
            AuxCoefficient = given.AuxCoefficient ?? Defaults.AuxCoefficient ?? Options.Auxiliary.Coefficient,
            DeadAfter = given.DeadAfter ?? Defaults.DeadAfter,
            ShuffleBuffer = given.ShuffleBuffer ?? 250_000,
            Prefixes = given.Method == MethodNames.Matryoshka ? given.Prefixes ?? Defaults.Prefixes : null,
        };
        run = run with
        {
            WarmupShare = given.WarmupShare ?? Share(Defaults.WarmupSteps, run),
            LambdaWarmupShare = MethodNames.HasPenalty(given) ? given.LambdaWarmupShare ?? Share(Defaults.PenaltyWarmupSteps, run) : null,
        };
        run = run with { DecayShare = given.DecayShare ?? (Defaults.FallsToEnd ? 1 - run.WarmupShare : Defaults.DecayShare) };
        return !MethodNames.HasThresholds(given) ? run : run with
        {
            ThresholdLearningRate = given.ThresholdLearningRate ?? run.LearningRate,
            SharedCutShare = given.SharedCutShare ?? 0,
            SharedCutStart = given.SharedCutStart ?? 1,
            Bandwidth = given.RelativeBandwidth is null ? given.Bandwidth ?? Defaults.Bandwidth : given.Bandwidth,
            InitialThreshold = given.InitialThreshold ?? Defaults.InitialThreshold,
        };
    }

    /// <inheritdoc/>
    public override TrainerOptions Trainer(RunConfiguration run) => Options with
    {
        LearningRate = run.LearningRate!.Value,
        ThresholdLearningRate = run.ThresholdLearningRate == run.LearningRate ? null : run.ThresholdLearningRate,
        Schedule = Schedule(run, WarmupShape.Linear),
        DeadAfter = run.DeadAfter!.Value,
        PreEncoderBias = Options.PreEncoderBias && !run.IsTranscoder,
        UnitNormDecoder = Options.UnitNormDecoder && !IsFree(run),
        ProjectDecoderGradient = Options.ProjectDecoderGradient && !IsFree(run),
        Transform = Defaults.Transform,
        Auxiliary = Options.Auxiliary with { Coefficient = run.AuxCoefficient!.Value },
        Prefixes = Levels(run, Defaults.AveragesLevels ? 1 / Math.Pow(run.Prefixes?.Count ?? 1, 2) : 1),
    };

    /// <inheritdoc/>
    public override TrainingMethod Create(RunConfiguration run) => Make(run, StepsOf(run.LambdaWarmupShare, run.Steps()));

    /// <inheritdoc/>
    public override double Norm(int width) => Defaults.ScalesToRootWidth ? Math.Sqrt(width) : 1;

    /// <inheritdoc/>
    public override InputTransform Transform => Defaults.Transform;

    /// <inheritdoc/>
    public override void Start(SaeParameters parameters, RunConfiguration run, StartData data) => LibraryStart.Set(parameters, Defaults, run, data);

    private static double Share(int steps, RunConfiguration run) => Math.Min(1, (double)steps / run.Steps());

    private bool IsFree(RunConfiguration run) => run.IsTranscoder && Defaults.ZeroTranscoder;
}

using System.Numerics;

namespace Saltus.Training;

/// <summary>
/// The settings for short runs, one set a method, not tuned by method: unit decoder rows (but for the norm-weighted penalty), encoder
/// tied at the start, Adam 0.9 / 0.999, clip 1, AuxK on dead latents, learning rate up to 1e-2, decay over the second half, about 2,000 steps or
/// more. JumpReLU begins with a shared cut and steers λ to the target afterwards; penalties on magnitudes are steered throughout.
/// </summary>
internal sealed record DefaultRecipe() : RecipeSettings(Recipe.Default, MethodNames.All)
{
    private const long LongestSilence = 1_000_000;

    /// <summary>What short runs lack is steps: fewer vectors a step until there are about so many.</summary>
    private const long WantedSteps = 1900;
    private const int SmallestBatch = 512;
    private const int LargestBatch = 4096;

    /// <summary>The batch to which the learning rate belongs; smaller ones have noisier gradients and take one by the root smaller.</summary>
    private const double BatchOfRate = 1024;
    private const double RateOfBatch = 1e-2;

    /// <summary>SAEBench's groups (arXiv 2503.17547): 1/32, 1/16, 1/8, 1/4 and the rest.</summary>
    private static readonly double[] s_prefixes = [1 / 32.0, 3 / 32.0, 7 / 32.0, 15 / 32.0, 1];

    /// <inheritdoc/>
    public override RunConfiguration Complete(RunConfiguration given)
    {
        bool hasThresholds = MethodNames.HasThresholds(given);
        bool isMagnitude = MethodNames.HasPenalty(given) && !hasThresholds;
        bool hasLambda = given.Lambda is not null;
        int batch = given.Batch ?? BatchFor(given.Tokens);
        RunConfiguration run = given with
        {
            L0 = hasLambda ? null : given.L0 ?? 32,
            Batch = batch,
            LearningRate = given.LearningRate ?? RateOfBatch * Math.Min(1, Math.Sqrt(batch / BatchOfRate)),
            WarmupShare = given.WarmupShare ?? 0.05,
            DecayShare = given.DecayShare ?? 0.5,
            AuxCoefficient = given.AuxCoefficient ?? (given.Method is MethodNames.Gated or MethodNames.GatedOriginal ? 0 : 1 / 8.0),
            DeadAfter = given.DeadAfter ?? Math.Min(LongestSilence, Math.Max(1, given.Tokens / 100)),
            ShuffleBuffer = given.ShuffleBuffer ?? 250_000,
            LambdaWarmupShare = isMagnitude ? given.LambdaWarmupShare ?? 0.05 : given.LambdaWarmupShare,
            Prefixes = given.Method == MethodNames.Matryoshka ? given.Prefixes ?? s_prefixes : given.Prefixes,
        };
        if (given.Method == MethodNames.GatedOriginal)
        {
            run = run with { ResamplingInterval = given.ResamplingInterval ?? Math.Max(2, run.Steps() / 4) };
        }

        return !hasThresholds ? run : run with
        {
            ThresholdLearningRate = given.ThresholdLearningRate ?? 3e-4,
            SharedCutShare = given.SharedCutShare ?? (hasLambda ? 0 : 0.5),
            SharedCutStart = given.SharedCutStart ?? 1,
            RelativeBandwidth = given.Bandwidth is null ? given.RelativeBandwidth ?? 0.2 : given.RelativeBandwidth,
            InitialThreshold = given.InitialThreshold ?? 0.03,
        };
    }

    /// <summary>The power of two that leaves <see cref="WantedSteps"/> or a little more, within limits.</summary>
    private static int BatchFor(long tokens)
    {
        long most = Math.Clamp(tokens / WantedSteps, SmallestBatch, LargestBatch);
        return 1 << (63 - BitOperations.LeadingZeroCount((ulong)most));
    }

    /// <inheritdoc/>
    public override TrainerOptions Trainer(RunConfiguration run)
    {
        bool isFree = run.Method == MethodNames.Gated;
        return new TrainerOptions
        {
            LearningRate = run.LearningRate!.Value,
            ThresholdLearningRate = MethodNames.HasThresholds(run) ? run.ThresholdLearningRate : null,
            Schedule = Schedule(run, WarmupShape.Linear),
            Beta1 = 0.9,
            ThresholdBeta1 = MethodNames.HasThresholds(run) ? 0 : null,
            ClipNorm = 1,
            UnitNormDecoder = !isFree,
            ProjectDecoderGradient = !isFree,
            PreEncoderBias = !run.IsTranscoder,
            Auxiliary = new AuxiliaryOptions { Coefficient = run.AuxCoefficient!.Value },
            DeadAfter = run.DeadAfter!.Value,
            Prefixes = Levels(run, 1.0 / (run.Prefixes?.Count ?? 1)),
            Resampling = run.ResamplingInterval is int interval
                ? new ResamplingOptions { Interval = interval, RecoverySteps = Math.Min(1000, interval / 2), Seed = run.Seed }
                : null,
        };
    }

    /// <inheritdoc/>
    public override TrainingMethod Create(RunConfiguration run)
    {
        int steps = run.Steps();
        int warmup = StepsOf(run.LambdaWarmupShare, steps);
        double target = run.L0 ?? 0;
        return run.Method switch
        {
            MethodNames.TopK => new TopKMethod(new TopKOptions { K = target }),
            MethodNames.BatchTopK => new BatchTopKMethod(new TopKOptions { K = target }),
            MethodNames.Matryoshka when run.Base == MethodNames.BatchTopK => new BatchTopKMethod(new TopKOptions { K = target }),
            MethodNames.Gated => new GatedMethod(new GatedOptions { Lambda = run.Lambda ?? 0.05, LambdaWarmupSteps = warmup, TargetL0 = target }),
            MethodNames.GatedOriginal => new GatedMethod(
                new GatedOptions { Penalty = L1Penalty.Plain, Lambda = run.Lambda ?? 0.05, LambdaWarmupSteps = warmup, TargetL0 = target }),
            MethodNames.Relu => new ReluMethod(new ReluOptions { Lambda = run.Lambda ?? 0.05, LambdaWarmupSteps = warmup, TargetL0 = target }),
            MethodNames.PAnnealing => new ReluMethod(new ReluOptions
            {
                Lambda = run.Lambda ?? 0.05,
                LambdaWarmupSteps = warmup,
                TargetL0 = target,
                Annealing = new PowerAnnealing { FirstStep = steps / 4, LastStep = steps * 3 / 4 },
            }),
            _ => new JumpReluMethod(new JumpReluOptions
            {
                LogThreshold = false,
                InitialThreshold = run.InitialThreshold!.Value,
                Bandwidth = run.Bandwidth ?? 1,
                RelativeBandwidth = run.RelativeBandwidth,
                Lambda = run.Lambda ?? 1e-3,
                TargetL0 = target,
                SteerLambda = run.L0 is not null,
                LambdaWarmupSteps = warmup,
                SharedCutSteps = StepsOf(run.SharedCutShare, steps),
                SharedCutStart = run.SharedCutStart!.Value,
            }),
        };
    }

    /// <inheritdoc/>
    public override void Start(SaeParameters parameters, RunConfiguration run, StartData data)
    {
        Initialization.Set(parameters, run.Seed);
        for (int j = 0; j < data.Mean.Count; j++)
        {
            parameters.DecoderBias[j] = data.Mean[j];
        }
    }
}

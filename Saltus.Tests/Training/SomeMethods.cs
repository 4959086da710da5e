using Saltus.Training;

namespace Saltus.Tests.Training;

/// <summary>One setting of every method and of every shared option that changes the step's path, for tests that must hold for all.</summary>
internal static class SomeMethods
{
    public static IReadOnlyList<string> Names { get; } =
    [
        "jumprelu", "jumprelu tanh", "jumprelu gaussian", "jumprelu quadratic", "jumprelu frequency", "jumprelu matryoshka", "jumprelu transcoder",
        "topk", "topk by norm", "topk without auxk", "topk transcoder", "batchtopk", "matryoshka",
        "gated", "gated original", "gated resampled", "relu", "relu by norm", "p-annealing",
    ];

    private static readonly JumpReluOptions s_fixed = new() { LogThreshold = false, InitialThreshold = 0.3, Bandwidth = 0.1, Lambda = 1e-3 };

    public static (TrainingMethod Method, TrainerOptions Options) Create(string name, int latents)
    {
        TrainerOptions options = new()
        {
            LearningRate = 3e-3,
            Beta1 = 0.9,
            ThresholdBeta1 = 0,
            ClipNorm = 1,
            Auxiliary = new AuxiliaryOptions { Coefficient = 1 / 32.0 },
            DeadAfter = 500,
            Schedule = new LearningRateSchedule(WarmupShape.Linear, 2),
        };
        TrainerOptions free = options with { UnitNormDecoder = false, ProjectDecoderGradient = false };
        TrainerOptions nested = options with { Prefixes = [new LatentPrefix(latents / 8, 1), new LatentPrefix(latents / 2, 0.5), new LatentPrefix(latents, 1)] };
        TrainerOptions transcoder = options with { PreEncoderBias = false };
        return name switch
        {
            "jumprelu" => (JumpRelu(), options),
            "jumprelu tanh" => (new JumpReluMethod(s_fixed with { Penalty = SparsityPenalty.Tanh, PreActivationCoefficient = 1e-3, EstimatorToInput = true }), free),
            "jumprelu gaussian" => (new JumpReluMethod(s_fixed with { Kernel = BandKernel.Gaussian, LogThreshold = true }), options with { Beta1 = 0, ClipNorm = 0 }),
            "jumprelu quadratic" => (
                new JumpReluMethod(s_fixed with { Penalty = SparsityPenalty.QuadraticL0, TargetL0 = 6, StepSeesActivation = true, ReluPreActivation = true }), options),
            "jumprelu frequency" => (new JumpReluMethod(s_fixed with { Penalty = SparsityPenalty.Frequency, Kernel = BandKernel.Triangle }), options),
            "jumprelu matryoshka" => (JumpRelu(), nested),
            "jumprelu transcoder" => (JumpRelu(), transcoder),
            "topk" => (new TopKMethod(new TopKOptions { K = 6 }), options with { Auxiliary = options.Auxiliary with { Latents = 3, DetachesResidual = false } }),
            "topk by norm" => (new TopKMethod(new TopKOptions { K = 6, RanksByDecoderNorm = true }), free with { Auxiliary = free.Auxiliary with { Rectifies = false } }),
            "topk without auxk" => (new TopKMethod(new TopKOptions { K = 6 }), options with { Auxiliary = new AuxiliaryOptions() }),
            "topk transcoder" => (new TopKMethod(new TopKOptions { K = 6 }), transcoder),
            "batchtopk" => (new BatchTopKMethod(new TopKOptions { K = 5.5 }), options with { Reconstruction = ReconstructionScale.Fvu }),
            "matryoshka" => (new BatchTopKMethod(new TopKOptions { K = 6 }), nested),
            "gated" => (new GatedMethod(new GatedOptions { TargetL0 = 6, Lambda = 0.02 }), free with { Auxiliary = new AuxiliaryOptions() }),
            "gated original" => (new GatedMethod(new GatedOptions { Penalty = L1Penalty.Plain, Lambda = 0.02 }), options with { Beta1 = 0, Auxiliary = new AuxiliaryOptions() }),
            "gated resampled" => (
                new GatedMethod(new GatedOptions { Penalty = L1Penalty.Plain, Lambda = 0.02, FreezesDecoder = false }),
                options with { Beta1 = 0, Auxiliary = new AuxiliaryOptions(), Resampling = new ResamplingOptions { Interval = 12, RecoverySteps = 5 } }),
            "relu" => (new ReluMethod(new ReluOptions { Lambda = 0.02, LambdaWarmupSteps = 10 }), options with { Beta1 = 0, ClipNorm = 0 }),
            "relu by norm" => (new ReluMethod(new ReluOptions { Penalty = L1Penalty.DecoderNorm, TargetL0 = 6, Lambda = 0.02 }), free),
            "p-annealing" => (new ReluMethod(new ReluOptions { Lambda = 0.02, Annealing = new PowerAnnealing { FirstStep = 10, LastStep = 30 } }), options),
            _ => throw new ArgumentException($"no setting '{name}'", nameof(name)),
        };
    }

    private static JumpReluMethod JumpRelu() => new(new JumpReluOptions
    {
        LogThreshold = false,
        RelativeBandwidth = 0.4,
        TargetL0 = 6,
        SteerLambda = true,
        SharedCutSteps = 20,
        Lambda = 1e-3,
    });
}

using Saltus.Autoencoders;

namespace Saltus.Training;

/// <summary>The recipes that repeat other tools' trainers, versions as in fixtures/training/README.md.</summary>
internal static class LibraryRecipes
{
    private static readonly TrainerOptions s_saeLens = new()
    {
        Beta1 = 0.9,
        ClipNorm = 1,
        UnitNormDecoder = false,
        ProjectDecoderGradient = false,
        DeadRule = DeadRule.Steps,
    };

    private static readonly AuxiliaryOptions s_saeLensAuxiliary = new()
    {
        Coefficient = 1,
        Rectifies = false,
        Normalization = AuxiliaryNormalization.None,
        ScalesByDead = true,
    };

    private static readonly LibraryDefaults s_saeLensDefaults = new() { ScalesToRootWidth = true, DecoderNorm = 0.1 };

    private static readonly LibraryDefaults s_dictionaryLearning = new()
    {
        Batch = 8192,
        WarmupSteps = 1000,
        PenaltyWarmupSteps = 2000,
        DeadAfter = 10_000_000,
    };

    private static readonly LibraryDefaults s_dictionaryLearningTopKDefaults = s_dictionaryLearning with
    {
        L0 = 100,
        LearningRate = 2e-4,
        RateFallsWithWidth = true,
        Bias = BiasStart.GeometricMedian,
    };

    private static readonly TrainerOptions s_dictionaryLearningTopK = new()
    {
        Beta1 = 0.9,
        ClipNorm = 1,
        Auxiliary = new AuxiliaryOptions { Coefficient = 1 / 32.0 },
    };

    private static readonly ThresholdEstimate s_dictionaryLearningEstimate = new() { Weight = 0.001, FirstStep = 1001, Start = -1 };

    private static readonly TrainerOptions s_batchTopK = new()
    {
        Beta1 = 0.9,
        Beta2 = 0.99,
        ClipNorm = 1e5,
        Reconstruction = ReconstructionScale.Mean,
        NormalizesBeforeStep = true,
        TrainsEncoderBias = false,
    };

    private static readonly LibraryDefaults s_batchTopKDefaults = new()
    {
        L0 = 32,
        DeadAfter = 20_480,
        Weights = WeightStart.Kaiming,
        Transform = InputTransform.LayerNorm,
    };

    private static readonly AuxiliaryOptions s_batchTopKAuxiliary = new()
    {
        Coefficient = 1 / 32.0,
        Latents = 512,
        Normalization = AuxiliaryNormalization.Mean,
        DetachesResidual = false,
    };

    private static readonly LibraryDefaults s_openAi = new()
    {
        LearningRate = 1e-4,
        Batch = 131_072,
        AuxCoefficient = 1 / 32.0,
        DeadAfter = 10_000_000,
        Weights = WeightStart.LinearEncoder,
        Bias = BiasStart.GeometricMedian,
    };

    private static readonly TrainerOptions s_openAiOptions = new()
    {
        Beta1 = 0.9,
        Epsilon = 6.25e-10,
        Reconstruction = ReconstructionScale.Normalised,
        NormalizesBeforeStep = true,
    };

    /// <summary>Gets the recipes.</summary>
    public static IReadOnlyList<LibraryRecipe> All { get; } =
    [
        new("saelens-standard", MethodNames.Relu, s_saeLensDefaults with { Lambda = 1 }, s_saeLens,
            (run, warmup) => Relu(run, warmup, L1Penalty.DecoderNorm)),
        new("saelens-gated", MethodNames.Gated, s_saeLensDefaults with { Lambda = 1 }, s_saeLens,
            (run, warmup) => Gated(run, warmup, L1Penalty.DecoderNorm, freezes: false)),
        new("saelens-topk", MethodNames.TopK, s_saeLensDefaults with { L0 = 100 }, s_saeLens with { Auxiliary = s_saeLensAuxiliary },
            (run, _) => new TopKMethod(SaeLensTopK(run, 0))),
        new("saelens-batchtopk", MethodNames.BatchTopK, s_saeLensDefaults with { L0 = 100 }, s_saeLens with { Auxiliary = s_saeLensAuxiliary },
            (run, _) => new BatchTopKMethod(SaeLensTopK(run, 0.01))),
        new("saelens-matryoshka", MethodNames.Matryoshka, s_saeLensDefaults with { L0 = 100 }, s_saeLens with { Auxiliary = s_saeLensAuxiliary },
            (run, _) => new BatchTopKMethod(SaeLensTopK(run, 0.01))),
        new("saelens-jumprelu", MethodNames.JumpRelu, s_saeLensDefaults with { Lambda = 1 }, s_saeLens,
            (run, warmup) => new JumpReluMethod(SaeLensJumpRelu(run, warmup))),
        new("saelens-jumprelu-quadratic", MethodNames.JumpRelu, s_saeLensDefaults with { Lambda = 1, L0 = 100 }, s_saeLens,
            (run, warmup) => new JumpReluMethod(SaeLensJumpRelu(run, warmup) with
        {
            Penalty = SparsityPenalty.QuadraticL0,
            TargetL0 = run.L0!.Value,
            SteerLambda = false,
        })),
        new("saelens-jumprelu-tanh", MethodNames.JumpRelu, s_saeLensDefaults with
        {
            Lambda = 5,
            Bandwidth = 2,
            InitialThreshold = 0.1,
            PenaltyWarmupSteps = int.MaxValue,
            DecayShare = 0.2,
        },
            s_saeLens,
            (run, warmup) => new JumpReluMethod(SaeLensJumpRelu(run, warmup) with
        {
            Penalty = SparsityPenalty.Tanh,
            EstimatorToInput = true,
            PreActivationCoefficient = 3e-6,
            PreActivationDeadOnly = true,
        })),
        new("anthropic-jan-2025", MethodNames.JumpRelu, s_saeLensDefaults with
        {
            Lambda = 15,
            Bandwidth = 2,
            InitialThreshold = 1.105,
            LearningRate = 2e-4,
            DecayShare = 0.2,
            Batch = 32_768,
            PenaltyWarmupSteps = int.MaxValue,
            Weights = WeightStart.Anthropic,
        },
            s_saeLens with { PreEncoderBias = false, DeadRule = DeadRule.Tokens }, (run, warmup) => new JumpReluMethod(SaeLensJumpRelu(run, warmup) with
            {
                LogThreshold = true,
                ClampThreshold = false,
                Penalty = SparsityPenalty.Tanh,
                EstimatorToInput = true,
                PreActivationCoefficient = 3e-6,
            })),
        new("dictionary-learning-standard", MethodNames.Relu, s_dictionaryLearning with { Lambda = 0.1, LearningRate = 1e-3, DecoderNorm = 0.1 },
            new TrainerOptions { Beta1 = 0.9 },
            (run, warmup) => Relu(run, warmup, L1Penalty.Plain)),
        new("dictionary-learning-standard-april", MethodNames.Relu, s_dictionaryLearning with { Lambda = 0.1, LearningRate = 1e-3, DecoderNorm = 0.1 },
            new TrainerOptions { Beta1 = 0.9, ClipNorm = 1, UnitNormDecoder = false, ProjectDecoderGradient = false }, (run, warmup) => Relu(run,
                warmup, L1Penalty.DecoderNorm)),
        new("dictionary-learning-gated", MethodNames.GatedOriginal, s_dictionaryLearning with { Lambda = 0.1, LearningRate = 5e-5 }, new TrainerOptions(),
            (run, warmup) => Gated(run, warmup, L1Penalty.Plain, freezes: true)),
        new("dictionary-learning-topk", MethodNames.TopK, s_dictionaryLearningTopKDefaults, s_dictionaryLearningTopK,
            (run, _) => new TopKMethod(new TopKOptions { K = run.L0!.Value, Threshold = s_dictionaryLearningEstimate with { TakesRowMean = true } })),
        new("dictionary-learning-batchtopk", MethodNames.BatchTopK, s_dictionaryLearningTopKDefaults, s_dictionaryLearningTopK,
            (run, _) => new BatchTopKMethod(new TopKOptions { K = run.L0!.Value, Threshold = s_dictionaryLearningEstimate })),
        new("dictionary-learning-matryoshka", MethodNames.Matryoshka, s_dictionaryLearningTopKDefaults with { AveragesLevels = true }, s_dictionaryLearningTopK,
            (run, _) => new BatchTopKMethod(new TopKOptions { K = run.L0!.Value, Threshold = s_dictionaryLearningEstimate })),
        new("dictionary-learning-jumprelu", MethodNames.JumpRelu, s_dictionaryLearning with { L0 = 20, Lambda = 1, LearningRate = 7e-5,
            Bandwidth = 0.001, InitialThreshold = 0.001 },
            new TrainerOptions { ClipNorm = 1, PreEncoderBias = false }, (run, warmup) => new JumpReluMethod(new JumpReluOptions
            {
                LogThreshold = false,
                ClampThreshold = false,
                InitialThreshold = run.InitialThreshold!.Value,
                Bandwidth = run.Bandwidth ?? 1,
                RelativeBandwidth = run.RelativeBandwidth,
                StepSeesActivation = true,
                Penalty = SparsityPenalty.TargetL0,
                Lambda = run.Lambda!.Value,
                LambdaWarmupSteps = warmup,
                TargetL0 = run.L0!.Value,
            })),
        new("sparsify-topk", MethodNames.TopK, new LibraryDefaults
        {
            L0 = 32,
            LearningRate = 2e-4,
            RateFallsWithWidth = true,
            WarmupSteps = 1000,
            FallsToEnd = true,
            Batch = 65_536,
            AuxCoefficient = 0,
            DeadAfter = 10_000_000,
            Weights = WeightStart.LinearEncoder,
            Bias = BiasStart.Mean,
            ZeroTranscoder = true,
        },
            new TrainerOptions
        {
            Reconstruction = ReconstructionScale.Fvu,
            Auxiliary = new AuxiliaryOptions { Coefficient = 1 / 32.0, Normalization = AuxiliaryNormalization.TotalVariance, ScalesByDead = true,
                TrainsEncoder = false },
        }, (run, _) => new TopKMethod(new TopKOptions { K = run.L0!.Value, Threshold = new ThresholdEstimate { Weight = 0, Start = 0 } })),
        new("batchtopk-repository-topk", MethodNames.TopK, s_batchTopKDefaults,
            s_batchTopK with { Auxiliary = s_batchTopKAuxiliary },
            (run, _) => new TopKMethod(new TopKOptions { K = run.L0!.Value, Threshold = new ThresholdEstimate { Weight = 0, Start = 0 } })),
        new("batchtopk-repository-batchtopk", MethodNames.BatchTopK, s_batchTopKDefaults,
            s_batchTopK with { Auxiliary = s_batchTopKAuxiliary },
            (run, _) => new BatchTopKMethod(new TopKOptions { K = run.L0!.Value })),
        new("openai-topk", MethodNames.TopK, s_openAi with { L0 = 32, ScalesEncoder = true },
            s_openAiOptions with { Reconstruction = ReconstructionScale.StartVariance, Auxiliary = new AuxiliaryOptions { Latents = 256 } },
            (run, _) => new TopKMethod(new TopKOptions { K = run.L0!.Value, Threshold = new ThresholdEstimate { Weight = 0, Start = 0 } })),
        new("openai-relu", MethodNames.Relu, s_openAi with { Lambda = 0.1, AuxCoefficient = null }, s_openAiOptions, (run, warmup) => Relu(run,
                warmup, L1Penalty.InputNorm)),
    ];

    private static ReluMethod Relu(RunConfiguration run, int warmup, L1Penalty penalty) =>
        new(new ReluOptions { Penalty = penalty, Lambda = run.Lambda ?? 0.1, LambdaWarmupSteps = warmup, TargetL0 = run.Lambda is null ? run.L0!.Value : 0 });

    private static GatedMethod Gated(RunConfiguration run, int warmup, L1Penalty penalty, bool freezes) => new(new GatedOptions
    {
        Penalty = penalty,
        Lambda = run.Lambda ?? 0.1,
        LambdaWarmupSteps = warmup,
        TargetL0 = run.Lambda is null ? run.L0!.Value : 0,
        FreezesDecoder = freezes,
    });

    private static TopKOptions SaeLensTopK(RunConfiguration run, double weight) => new()
    {
        K = run.L0!.Value,
        RanksByDecoderNorm = true,
        Threshold = new ThresholdEstimate { Weight = weight, Start = 0 },
    };

    private static JumpReluOptions SaeLensJumpRelu(RunConfiguration run, int warmup) => new()
    {
        LogThreshold = false,
        InitialThreshold = run.InitialThreshold!.Value,
        Bandwidth = run.Bandwidth ?? 1,
        RelativeBandwidth = run.RelativeBandwidth,
        Lambda = run.Lambda ?? 1,
        LambdaWarmupSteps = warmup,
        TargetL0 = run.Lambda is null ? run.L0!.Value : 0,
        SteerLambda = run.Lambda is null,
    };
}

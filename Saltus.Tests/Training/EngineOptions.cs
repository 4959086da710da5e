using Saltus.Tests.Training.Twin;
using Saltus.Training;

namespace Saltus.Tests.Training;

/// <summary>Options of a case as the engine's; a combination that the engine would ignore fails the case by name.</summary>
internal static class EngineOptions
{
    /// <summary>Gets the method of a case.</summary>
    public static TrainingMethod Method(TwinOptions options) => options.Arch switch
    {
        "jumprelu" => new JumpReluMethod(JumpRelu(options)),
        "topk" => new TopKMethod(TopK(options)),
        "batchtopk" => new BatchTopKMethod(TopK(options)),
        "relu" => new ReluMethod(new ReluOptions { Penalty = L1(options), Lambda = Lambda(options), LambdaWarmupSteps = options.CoefficientWarmup }),
        "gated" => new GatedMethod(new GatedOptions
        {
            Penalty = L1(options),
            Lambda = Lambda(options),
            LambdaWarmupSteps = options.CoefficientWarmup,
            FreezesDecoder = options.AuxFrozen,
        }),
        _ => throw new InvalidDataException($"option arch: the engine has no '{options.Arch}'"),
    };

    /// <summary>Gets the shared knobs of a case.</summary>
    public static TrainerOptions Trainer(TwinOptions options)
    {
        if (options.Ema != 0 && !options.IsTopK)
        {
            throw new InvalidDataException($"option ema = {options.Ema}: the engine estimates no threshold for arch {options.Arch}");
        }

        return new TrainerOptions
        {
            LearningRate = options.Lr,
            Schedule = new LearningRateSchedule(options.LrWarmup == "linear" ? WarmupShape.Linear : WarmupShape.Cosine, options.LrWarmup is null ? 0 : options.LrWarmupSteps),
            Beta1 = options.Beta1,
            Beta2 = options.Beta2,
            Epsilon = options.Eps,
            ClipNorm = options.Clip,
            ProjectDecoderGradient = options.Project,
            UnitNormDecoder = options.UnitNorm,
            PreEncoderBias = options.PreBias,
            DeadRule = options.DeadRule == "tokens" ? DeadRule.Tokens : DeadRule.Steps,
            DeadAfter = options.DeadAfter,
            Auxiliary = Auxiliary(options),
            Reconstruction = options.Recon switch
            {
                "sum" => ReconstructionScale.Sum,
                "mean" => ReconstructionScale.Mean,
                "fvu" => ReconstructionScale.Fvu,
                "normalised" => ReconstructionScale.Normalised,
                _ => throw new InvalidDataException($"option recon: the engine has no '{options.Recon}'"),
            },
            Prefixes = options.Widths is null ? [] : [.. options.Widths.Select((width, level) => new LatentPrefix(width, options.Weights![level]))],
        };
    }

    private static AuxiliaryOptions Auxiliary(TwinOptions options) => new()
    {
        Coefficient = options.Arch == "gated" ? 0 : options.Aux,
        Latents = options.KAux ?? 0,
        Rectifies = options.AuxRelu || options.ReluPre,
        Normalization = options.AuxNorm switch
        {
            "none" => AuxiliaryNormalization.None,
            "mean" => AuxiliaryNormalization.Mean,
            "residual_variance" => AuxiliaryNormalization.ResidualVariance,
            "total_variance" => AuxiliaryNormalization.TotalVariance,
            _ => throw new InvalidDataException($"option aux_norm: the engine has no '{options.AuxNorm}'"),
        },
        ScalesByDead = options.AuxScale,
        DetachesResidual = options.AuxDetach,
        TrainsEncoder = options.AuxGradEncoder,
    };

    private static TopKOptions TopK(TwinOptions options) => options.Sparsity == "none"
        ? new TopKOptions
        {
            K = options.K,
            RanksByDecoderNorm = options.Rescale,
            Threshold = new ThresholdEstimate
            {
                Weight = options.Ema,
                FirstStep = options.EmaStart,
                Start = options.EmaInit,
                TakesRowMean = options.EmaStat == "row_mean",
            },
        }
        : throw new InvalidDataException($"option sparsity = {options.Sparsity}: the engine has no penalty for arch {options.Arch}");

    private static JumpReluOptions JumpRelu(TwinOptions options) => new()
    {
        InitialThreshold = options.ThresholdInit,
        LogThreshold = options.Threshold == "log",
        LogThresholdChain = options.LogChain,
        ClampThreshold = options.ClampThreshold,
        Bandwidth = options.Bandwidth,
        Kernel = Enum.Parse<BandKernel>(options.Kernel, ignoreCase: true),
        ReluPreActivation = options.ReluPre,
        EstimatorToInput = options.SteToInput,
        StepSeesActivation = options.StepOn == "post",
        Penalty = options.Sparsity switch
        {
            "l0" or "none" => SparsityPenalty.L0,
            "l0_target" => SparsityPenalty.TargetL0,
            "l0_quadratic" => SparsityPenalty.QuadraticL0,
            "frequency" => SparsityPenalty.Frequency,
            "tanh" => SparsityPenalty.Tanh,
            _ => throw new InvalidDataException($"option sparsity = {options.Sparsity}: the engine has no such penalty for arch jumprelu"),
        },
        Lambda = Lambda(options),
        LambdaWarmupSteps = options.CoefficientWarmup,
        TargetL0 = options.Target,
        FrequencyScale = options.Omega,
        TanhScale = options.TanhScale,
        PreActivationCoefficient = options.PreAct,
        PreActivationDeadOnly = options.PreActDead,
    };

    private static double Lambda(TwinOptions options) => options.Sparsity == "none" ? 0 : options.Coefficient;

    private static L1Penalty L1(TwinOptions options) => options.Sparsity switch
    {
        "l1" or "none" => L1Penalty.Plain,
        "l1_norm" => L1Penalty.DecoderNorm,
        "l1_input_norm" => L1Penalty.InputNorm,
        _ => throw new InvalidDataException($"option sparsity = {options.Sparsity}: the engine has no such penalty for arch {options.Arch}"),
    };
}

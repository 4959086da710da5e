namespace Saltus.Training;

/// <summary>Which knobs a method does not have: given with it, they are refused by name rather than passed over.</summary>
internal static class MethodKnobs
{
    /// <summary>Refuses knobs that the method would not read.</summary>
    /// <param name="given">Method and base are set.</param>
    /// <exception cref="InputException">There is one.</exception>
    public static void Check(RunConfiguration given)
    {
        string method = given.Method == MethodNames.Matryoshka ? $"matryoshka on {given.Base}" : given.Method!;
        if (given.Base is not null)
        {
            Refuse(given.Method != MethodNames.Matryoshka, "base", method, "it is matryoshka's");
            TrainerOptions.Check(given.Base is MethodNames.BatchTopK or MethodNames.JumpRelu, "base", given.Base, "batchtopk or jumprelu");
        }

        bool hasPenalty = MethodNames.HasPenalty(given);
        bool hasThresholds = MethodNames.HasThresholds(given);
        Refuse(given.Lambda is not null && !hasPenalty, "lambda", method, "its sparsity is a count: give --l0");
        Refuse(given.LambdaWarmupShare is > 0 && !hasPenalty, "lambda_warmup_share", method, "it has no penalty");
        foreach ((string knob, bool isGiven) in new[]
        {
            ("threshold_learning_rate", given.ThresholdLearningRate is not null), ("shared_cut_share", given.SharedCutShare is not null),
            ("shared_cut_start", given.SharedCutStart is not null), ("relative_bandwidth", given.RelativeBandwidth is not null), ("bandwidth", given.Bandwidth is not null),
            ("initial_threshold", given.InitialThreshold is not null),
        })
        {
            Refuse(isGiven && !hasThresholds, knob, method, "it trains no thresholds");
        }

        Refuse(given.Prefixes is not null && given.Method != MethodNames.Matryoshka, "prefixes", method, "they are matryoshka's");
        Refuse(given.ResamplingInterval is not null && given.Method != MethodNames.GatedOriginal, "resampling_interval", method, "resampling is gated-original's");
        Refuse(given.Skip is not null && !given.IsTranscoder, "skip", "an autoencoder", "a skip connection is a transcoder's: give a target");
        bool canTranscode = given.Method is MethodNames.JumpRelu or MethodNames.TopK or MethodNames.BatchTopK;
        Refuse(given.IsTranscoder && !canTranscode, "target", method, "transcoders are trained with jumprelu, topk or batchtopk");
    }

    private static void Refuse(bool isWrong, string knob, string method, string reason)
    {
        if (isWrong)
        {
            throw new InputException($"{knob}: {method} does not have it: {reason}");
        }
    }
}

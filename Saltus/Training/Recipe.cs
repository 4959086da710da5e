namespace Saltus.Training;

/// <summary>
/// Named settings. "default" trains well in short runs: a shared cut first, thresholds of their own afterwards, λ steered to the target.
/// "paper" is Gemma Scope's account of the paper (arXiv 2408.05147), meant for billions of tokens.
/// </summary>
public static class Recipe
{
    /// <summary>The name of the recipe for short runs.</summary>
    public const string Default = "default";

    /// <summary>The name of the paper's recipe.</summary>
    public const string Paper = "paper";

    private const long LongestSilence = 1_000_000;

    /// <summary>Gets the names.</summary>
    public static IReadOnlyList<string> Names { get; } = [Default, Paper];

    /// <summary>Fills in every knob that a configuration leaves to its recipe.</summary>
    /// <param name="configuration">What was set.</param>
    /// <returns>A configuration without open knobs.</returns>
    /// <exception cref="InputException">The recipe or method is not known, or knobs contradict one another.</exception>
    public static RunConfiguration Complete(RunConfiguration configuration)
    {
        if (configuration.FormatVersion != 1)
        {
            throw new InputException($"format_version: expected 1, got {configuration.FormatVersion}");
        }

        if (configuration.Method != "jumprelu")
        {
            throw new InputException($"--method: expected jumprelu, got {configuration.Method}");
        }

        if (configuration.L0 is not null && configuration.Lambda is not null)
        {
            throw new InputException("--l0 and --lambda: expected one of them, got both");
        }

        TrainerOptions.Check(configuration.Width is > 0 and <= 1 << 24, "width", configuration.Width, "1 … 16777216 latents");
        TrainerOptions.Check(configuration.Tokens > 0, "tokens", configuration.Tokens, "a positive number");
        TrainerOptions.Check(configuration.L0 is null || (configuration.L0 > 0 && configuration.L0 <= configuration.Width), "l0", configuration.L0, $"0 < l0 ≤ {configuration.Width}");
        TrainerOptions.Check(configuration.Batch is null or (> 0 and <= 1 << 20), "batch", configuration.Batch, "1 … 1048576 vectors");
        return configuration.Recipe switch
        {
            Default => CompleteDefault(configuration),
            Paper => CompletePaper(configuration),
            _ => throw new InputException($"--recipe: expected one of {string.Join(", ", Names)}, got {configuration.Recipe}"),
        };
    }

    private static RunConfiguration CompleteDefault(RunConfiguration given)
    {
        bool hasLambda = given.Lambda is not null;
        return given with
        {
            L0 = hasLambda ? null : given.L0 ?? 32,
            Batch = given.Batch ?? 2048,
            LearningRate = given.LearningRate ?? 1e-2,
            ThresholdLearningRate = given.ThresholdLearningRate ?? 3e-4,
            WarmupShare = given.WarmupShare ?? 0.05,
            DecayShare = given.DecayShare ?? 0.2,
            SharedCutShare = given.SharedCutShare ?? (hasLambda ? 0 : 0.5),
            RelativeBandwidth = given.Bandwidth is null ? given.RelativeBandwidth ?? 0.2 : given.RelativeBandwidth,
            InitialThreshold = given.InitialThreshold ?? 0.03,
            AuxCoefficient = given.AuxCoefficient ?? 1 / 32.0,
            DeadAfter = given.DeadAfter ?? Math.Min(LongestSilence, Math.Max(1, given.Tokens / 10)),
            ShuffleBuffer = given.ShuffleBuffer ?? 250_000,
        };
    }

    private static RunConfiguration CompletePaper(RunConfiguration given)
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
            SharedCutShare = given.SharedCutShare ?? 0,
            Bandwidth = given.RelativeBandwidth is null ? given.Bandwidth ?? 0.001 : given.Bandwidth,
            InitialThreshold = given.InitialThreshold ?? 0.001,
            AuxCoefficient = given.AuxCoefficient ?? 0,
            DeadAfter = given.DeadAfter ?? LongestSilence,
            ShuffleBuffer = given.ShuffleBuffer ?? 1_000_000,
        };
    }
}

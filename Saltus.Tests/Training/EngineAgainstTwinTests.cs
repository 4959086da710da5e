using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Tests.Training.Twin;

namespace Saltus.Tests.Training;

/// <summary>
/// The engine against its float64 twin over options drawn at random, so that folders nobody has seen hold no combination that the engine passes over in
/// silence: it either does what the twin does, or refuses an option by name.
/// </summary>
public class EngineAgainstTwinTests
{
    private const int Combinations = 400;
    private const int Steps = 5;

    // fixtures/training/README.md: losses of a float32 run 5e-6. Here a few steps from random weights, larger losses and no clear margins: four times that.
    private const double LossTolerance = 2e-5;

    // Parameters after 12 steps 5e-6; twice that, since nothing was drawn to keep its margins. An option passed over was off by 2e-4 and more.
    private const double ParameterTolerance = 1e-5;

    /// <summary>A decision nearer to its edge than this may fall either way in float32.</summary>
    private const double ClearMargin = 1e-5;

    [Fact]
    public void Whatever_options_a_case_combines_the_engine_follows_the_twin_or_refuses_one_by_name()
    {
        using WorkTeam team = new(2);
        int followed = 0;
        int refused = 0;
        List<string> failures = [];
        for (int seed = 0; seed < Combinations; seed++)
        {
            TwinOptions options = Draw(new RandomSource(seed, "options"));
            try
            {
                options.Validate();
                EngineOptions.Method(options);
                EngineOptions.Trainer(options).Validate();
            }
            catch (InvalidDataException exception)
            {
                Assert.Contains("option ", exception.Message, StringComparison.Ordinal);
                refused++;
                continue;
            }

            try
            {
                followed += Follow(team, options, seed) ? 1 : 0;
            }
            catch (InputException exception)
            {
                Assert.Contains("training option ", exception.Message, StringComparison.Ordinal);
                refused++;
            }
            catch (Exception exception) when (exception is Xunit.Sdk.XunitException or IndexOutOfRangeException or InvalidOperationException)
            {
                failures.Add($"{options}: {exception.GetType().Name}: {exception.Message}");
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} of {Combinations}: {string.Join("\n", failures.Take(5))}");
        Assert.True(followed > Combinations / 4, $"{followed} followed, {refused} refused");
    }

    private static bool Follow(WorkTeam team, TwinOptions options, int seed)
    {
        TrainingCase drawn = TrainingCase.Drawn(options, seed);
        using EngineCase engine = new(team, drawn);
        engine.Trainer.ForceDense = seed % 3 == 0;
        TwinTrainer twin = new(options, drawn.Initial());
        Deviation deviation = new(drawn.Name);
        for (int step = 1; step <= Steps; step++)
        {
            TwinStep made = twin.Step(drawn.Inputs(step), drawn.Targets(step));
            if (made.Pass.Margin < ClearMargin)
            {
                return false;
            }

            double loss = engine.Step(step).Loss;
            deviation.Compare($"loss of step {step}", [loss], [made.Pass.Losses.Total], LossTolerance);
            deviation.Compare($"step {step}: ", engine.Tensors(), twin.Parameters, ParameterTolerance);
            deviation.Compare($"threshold of step {step}", [engine.Threshold], [made.ThresholdAverage], LossTolerance);
        }

        deviation.Check();
        return true;
    }

    private static TwinOptions Draw(RandomSource random)
    {
        T One<T>(params T[] values) => values[(int)(random.NextDouble() * values.Length)];
        bool Often() => random.NextDouble() < 0.7;
        string arch = One("jumprelu", "jumprelu", "relu", "gated", "topk", "batchtopk");
        bool isTop = arch is "topk" or "batchtopk";
        bool preBias = Often();
        bool isTranscoder = !preBias && random.NextDouble() < 0.5;
        int latents = 24;
        string[] penalties = arch switch
        {
            "jumprelu" => ["none", "l0", "l0_target", "l0_quadratic", "frequency", "tanh", "l1"],
            "relu" or "gated" => ["none", "l1", "l1_norm", "l1_input_norm", "tanh"],
            _ => ["none", "none", "none", "l1"],
        };
        bool isNested = random.NextDouble() < 0.3;
        int[]? widths = !isNested ? null : One<int[]>([5, 12, latents], [4, latents], [3, 7]);
        return new TwinOptions
        {
            Arch = arch,
            DIn = 8,
            DOut = isTranscoder ? One(8, 11) : null,
            Skip = isTranscoder && Often(),
            Latents = latents,
            Batch = 16,
            Pool = 3,
            PreBias = preBias,
            Threshold = One("log", "raw"),
            Bandwidth = One(0.1, 0.4),
            Kernel = One("rectangle", "triangle", "epanechnikov", "gaussian"),
            ReluPre = random.NextDouble() < 0.15,
            SteToInput = random.NextDouble() < 0.3,
            LogChain = Often(),
            StepOn = One("pre", "pre", "post"),
            Sparsity = One(penalties),
            Coefficient = One(0.02, 0.3),
            CoefficientWarmup = One(0, 3),
            PreAct = arch == "jumprelu" && random.NextDouble() < 0.3 ? 0.1 : 0,
            PreActDead = random.NextDouble() < 0.15,
            Recon = One("sum", "mean", "fvu", "normalised"),
            Widths = widths,
            Weights = widths is null ? null : [.. new[] { 0.5, 2, 1 }.Take(widths.Length)],
            K = arch == "batchtopk" ? One(2.5, 4) : One(3.0, 5),
            Rescale = random.NextDouble() < 0.3,
            Aux = Often() ? One(0.03, 0.5) : 0,
            KAux = One<int?>(null, 2, 30),
            AuxRelu = Often(),
            AuxNorm = One("none", "mean", "residual_variance", "total_variance"),
            AuxScale = !Often(),
            AuxDetach = Often(),
            AuxGradEncoder = Often(),
            AuxFrozen = Often(),
            DeadAfter = One(16, 32),
            DeadRule = One("tokens", "steps"),
            Ema = isTop ? One(0, 0.1) : 0,
            EmaStart = One(0, 2),
            EmaInit = One(0, -1.0),
            EmaStat = One("batch_min", "row_mean"),
            LrWarmup = One(null, "cosine", "linear"),
            LrWarmupSteps = 3,
            Beta1 = One(0, 0.9),
            Eps = 1e-3,
            Clip = One(0, 0.5),
            Project = Often(),
            UnitNorm = Often(),
            ClampThreshold = random.NextDouble() < 0.2,
        };
    }
}

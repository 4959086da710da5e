using Saltus.Tests.Training.Twin;
using Saltus.Training;

namespace Saltus.Tests.Training;

/// <summary>The recipes that bear another tool's name, against runs of that tool's trainer: what the run does not set itself must be the recipe's.</summary>
public class RecipeTests
{
    /// <summary>The case that holds a recipe where it is not of the recipe's own name.</summary>
    private static readonly Dictionary<string, string> s_cases = new(StringComparer.Ordinal)
    {
        ["saelens-jumprelu"] = "saelens-jumprelu-step",
        ["anthropic-jan-2025"] = "jumprelu-tanh",
        [Recipe.Paper] = "jumprelu-paper-constants",
        [Recipe.GemmaScope] = "jumprelu-paper-constants",
    };

    public static TheoryData<string> Names => [.. Recipe.Names.Where(name => name != Recipe.Default)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_recipe_has_the_settings_of_the_trainer_that_it_names(string name)
    {
        string wanted = s_cases.GetValueOrDefault(name)
            ?? name.Replace("dictionary-learning", "dictionary_learning", StringComparison.Ordinal).Replace("batchtopk-repository", "batchtopk_repo", StringComparison.Ordinal);
        TrainingCase golden = TrainingCase.All().First(golden => golden.Name == wanted);
        TwinOptions of = golden.Options;
        RunConfiguration run = Recipe.Complete(new RunConfiguration { Recipe = name, Width = 4096, Tokens = 10_000_000 });
        TrainerOptions actual = RunOptions.Trainer(run, new RunScale(1, null, [], [], 1));
        TrainerOptions expected = EngineOptions.Trainer(of);
        bool isBatch = golden.Kind == TrainingCaseKind.LibraryBatch;

        // What a single batch does not show, and what every case sets for its small size.
        Assert.Equal(expected with { Prefixes = [] }, actual with
        {
            LearningRate = of.Lr,
            Schedule = expected.Schedule,
            DeadAfter = of.DeadAfter,
            DeadRule = of.Aux == 0 && !of.PreActDead || isBatch ? expected.DeadRule : actual.DeadRule,
            Auxiliary = of.Aux == 0 ? expected.Auxiliary : actual.Auxiliary with { Coefficient = of.Aux },
            Prefixes = [],
            Variance = null,

            // Of OpenAI the case has loss.py's error; train.py, which the recipe repeats, has its own (LibraryStepTests).
            Reconstruction = name == "openai-topk" ? expected.Reconstruction : actual.Reconstruction,
            NormalizesBeforeStep = !isBatch && actual.NormalizesBeforeStep,
            TrainsEncoderBias = isBatch || actual.TrainsEncoderBias,
            Transform = isBatch ? expected.Transform : actual.Transform,
            Beta1 = isBatch ? of.Beta1 : actual.Beta1,
            Beta2 = isBatch ? of.Beta2 : actual.Beta2,
            Epsilon = isBatch ? of.Eps : actual.Epsilon,
            ClipNorm = isBatch ? of.Clip : actual.ClipNorm,
            ThresholdLearningRate = actual.ThresholdLearningRate == actual.LearningRate ? null : actual.ThresholdLearningRate,
        });
        double factor = Scaled(expected, actual);
        Assert.Equal(
            expected.Prefixes.Select(level => level.Weight), actual.Prefixes.Take(expected.Prefixes.Count).Select(level => level.Weight * factor), new Close());
        Assert.Equal(OptionsOf(EngineOptions.Method(of)), WithValuesOf(OptionsOf(RunOptions.Method(run)), of, isBatch));
    }

    [Fact]
    public void Knobs_that_a_method_does_not_have_are_refused_by_name()
    {
        RunConfiguration run = new() { Width = 64, Tokens = 1000 };
        foreach ((RunConfiguration wrong, string name) in new[]
        {
            (run with { Method = MethodNames.TopK, Lambda = 1 }, "lambda"),
            (run with { Method = MethodNames.BatchTopK, Bandwidth = 1 }, "bandwidth"),
            (run with { Method = MethodNames.Gated, SharedCutShare = 0.1 }, "shared_cut_share"),
            (run with { Method = MethodNames.Relu, Prefixes = [1] }, "prefixes"),
            (run with { Method = MethodNames.JumpRelu, Base = MethodNames.BatchTopK }, "base"),
            (run with { Method = MethodNames.Gated, TargetSite = "mlp_out" }, "target"),
            (run with { Method = MethodNames.JumpRelu, Skip = true }, "skip"),
            (run with { Method = MethodNames.Relu, ResamplingInterval = 10 }, "resampling_interval"),
            (run with { Method = MethodNames.TopK, L0 = 4.5 }, "l0"),
            (run with { Method = "vanilla" }, "--method"),
            (run with { Method = MethodNames.Relu, Recipe = "saelens-topk" }, "--method"),
            (run with { Recipe = "nobody" }, "--recipe"),
        })
        {
            Assert.Contains(name, Assert.Throws<InputException>(() => Recipe.Complete(wrong)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_geometric_median_of_a_batch_is_not_moved_by_a_few_far_points()
    {
        float[] points = [0, 0, 1, 0, 0, 1, -1, 0, 0, -1, 1000, 0];
        float[] median = new StartData([0, 0], [0, 0], () => points).GeometricMedian();
        Assert.True(Math.Abs(median[0]) < 0.5 && Math.Abs(median[1]) < 1e-3, $"({median[0]}, {median[1]})");
    }

    /// <summary>dictionary_learning weights G levels by 1 / G²: the case has three, the recipe five.</summary>
    private static double Scaled(TrainerOptions expected, TrainerOptions actual) =>
        expected.Prefixes.Count == 0 || expected.Prefixes[0].Weight == 1 ? 1 : Math.Pow((double)actual.Prefixes.Count / expected.Prefixes.Count, 2);

    private static object OptionsOf(TrainingMethod method) => method switch
    {
        JumpReluMethod jump => jump.Options,
        TopKMethod top => top.Options,
        BatchTopKMethod top => top.Options,
        ReluMethod relu => relu.Options,
        GatedMethod gated => gated.Options,
        _ => throw new ArgumentException(method.Name, nameof(method)),
    };

    /// <summary>The numbers that a case sets for its small size, in place of the tool's defaults.</summary>
    private static object WithValuesOf(object options, TwinOptions of, bool isBatch) => options switch
    {
        JumpReluOptions jump => jump with
        {
            InitialThreshold = of.ThresholdInit,
            Bandwidth = of.Bandwidth,
            Lambda = of.Coefficient,
            LambdaWarmupSteps = of.CoefficientWarmup,
            TargetL0 = of.Target,
            PreActivationCoefficient = jump.PreActivationCoefficient > 0 ? of.PreAct : 0,

            // The paper's pseudo-code rectifies first; the case of its constants does not.
            ReluPreActivation = jump.LogThreshold && of.Sparsity == "l0" ? of.ReluPre : jump.ReluPreActivation,
        },
        TopKOptions top => top with
        {
            K = of.K,
            Threshold = isBatch ? new ThresholdEstimate { Weight = of.Ema, Start = of.EmaInit } : top.Threshold with { FirstStep = of.EmaStart },
        },
        ReluOptions relu => relu with { Lambda = of.Coefficient, LambdaWarmupSteps = of.CoefficientWarmup },
        GatedOptions gated => gated with { Lambda = of.Coefficient, LambdaWarmupSteps = of.CoefficientWarmup },
        _ => options,
    };

    private sealed class Close : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) < 1e-12;

        public int GetHashCode(double obj) => 0;
    }
}

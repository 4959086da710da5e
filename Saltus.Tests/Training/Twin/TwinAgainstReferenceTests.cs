namespace Saltus.Tests.Training.Twin;

public class TwinAgainstReferenceTests
{
    // Another order of summation moves the reference's losses by 5e-16 and its parameters by 5e-15 over 200 steps.
    private const double LossTolerance = 1e-12;
    private const double ParameterTolerance = 1e-11;
    private static readonly int[] s_gradientSteps = [1, 2, 12];
    private const int MomentStep = 12;

    [Fact]
    public void Every_tensor_of_every_reference_run_is_reproduced()
    {
        foreach (TrainingCase golden in TrainingCase.All().Where(golden => golden.Kind == TrainingCaseKind.Reference))
        {
            Deviation deviation = new(golden.Name);
            Run(golden, deviation);
            deviation.Check();
        }
    }

    private static void Run(TrainingCase golden, Deviation deviation)
    {
        HashSet<string> seen = ["x", "y"];
        TwinTrainer trainer = new(golden.Options, golden.Initial());
        Dictionary<string, double[]> traces = [];
        Compare(deviation, golden, seen, "params.0.", trainer.Parameters, 0);
        for (int step = 1; step <= golden.Options.Steps; step++)
        {
            TwinStep made = trainer.Step(golden.Inputs(step), golden.Targets(step));
            if (step == 1)
            {
                CompareFirstPass(deviation, golden, seen, made.Pass);
            }

            if (s_gradientSteps.Contains(step))
            {
                Compare(deviation, golden, seen, $"grad.{step}.", made.Pass.Gradients, ParameterTolerance);
                Compare(deviation, golden, seen, $"grad_used.{step}.", made.UsedGradients, ParameterTolerance);
            }

            if (s_gradientSteps.Contains(step) || step == golden.Options.Steps)
            {
                Compare(deviation, golden, seen, $"params.{step}.", trainer.Parameters, ParameterTolerance);
            }

            if (step == MomentStep)
            {
                Compare(deviation, golden, seen, $"adam_m.{step}.", trainer.FirstMoments, ParameterTolerance);
                Compare(deviation, golden, seen, $"adam_v.{step}.", trainer.SecondMoments, ParameterTolerance);
            }

            foreach ((string name, double value) in TraceOf(made))
            {
                if (!traces.TryGetValue(name, out double[]? trace))
                {
                    traces[name] = trace = new double[golden.Options.Steps];
                }

                trace[step - 1] = value;
            }
        }

        foreach ((string name, double[] trace) in traces)
        {
            seen.Add("trace." + name);
            deviation.Compare("trace." + name, trace, golden["trace." + name].Values, name == "margin" ? ParameterTolerance : LossTolerance);
        }

        string[] unknown = [.. golden.TensorNames.Where(name => !seen.Contains(name))];
        Assert.True(unknown.Length == 0, $"{golden.Name}: no rule for tensors {string.Join(", ", unknown)}");
    }

    private static void CompareFirstPass(Deviation deviation, TrainingCase golden, HashSet<string> seen, TwinPass pass)
    {
        foreach ((string name, DoubleMatrix actual) in new[] { ("z", pass.PreActivations), ("f", pass.Latents), ("xhat", pass.Reconstruction) })
        {
            seen.Add("step1." + name);
            deviation.Compare("step1." + name, actual.Values, golden["step1." + name].Values, LossTolerance);
        }
    }

    private static void Compare(Deviation deviation, TrainingCase golden, HashSet<string> seen, string prefix, NamedTensors actual, double tolerance)
    {
        deviation.Compare(prefix, actual, golden.Named(prefix), tolerance);
        seen.UnionWith(actual.Names.Select(name => prefix + name));
    }

    private static IEnumerable<(string Name, double Value)> TraceOf(TwinStep step) =>
    [
        ("total", step.Pass.Losses.Total),
        ("reconstruction", step.Pass.Losses.Reconstruction),
        ("sparsity", step.Pass.Losses.Sparsity),
        ("aux", step.Pass.Losses.Auxiliary),
        ("pre_act", step.Pass.Losses.PreActivation),
        ("l0", step.Pass.L0),
        ("lr", step.LearningRate),
        ("lambda", step.Coefficient),
        ("n_dead", step.Pass.DeadCount),
        ("threshold_ema", step.ThresholdAverage),
        ("margin", step.Pass.Margin),
    ];
}

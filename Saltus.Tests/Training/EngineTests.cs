using Saltus.Kernels;
using Saltus.Tests.Training.Twin;
using Saltus.Training;

namespace Saltus.Tests.Training;

/// <summary>The float32 engine against the float64 runs that PyTorch's autograd made, and against what other libraries' trainers did.</summary>
public class EngineTests
{
    // fixtures/training/README.md: a float32 run of the reference differs from float64 by at most these; the engine sums in another order.
    private const double LossTolerance = 5e-6;

    // Of final − initial over a library's 20 float32 steps; at learning rate 7e-5 float32 rounding is larger against the small movement.
    private const double MovementTolerance = 1e-4;
    private const double SmallMovementTolerance = 1e-3;
    private const double SmallLearningRate = 1e-4;
    private const double GradientTolerance = 1e-5;
    private const double ThresholdTolerance = 1e-5;
    private static readonly Dictionary<int, double> s_parameterTolerance = new() { [0] = 1e-7, [1] = 2e-6, [2] = 2e-6, [12] = 5e-6, [200] = 5e-5 };

    [Theory]
    [InlineData(1, false, null)]
    [InlineData(3, null, false)]
    [InlineData(2, true, true)]
    public void Losses_and_parameters_follow_the_reference_over_200_steps(int threads, bool? dense, bool? wide)
    {
        using WorkTeam team = new(threads);
        foreach (TrainingCase golden in TrainingCase.All().Where(golden => golden.Kind == TrainingCaseKind.Reference))
        {
            Deviation deviation = new(golden.Name);
            using EngineCase engine = new(team, golden);
            engine.ForceWide(wide);
            engine.Trainer.ForceDense = dense;
            Dictionary<string, List<double>> traces = [];
            deviation.Compare("params.0.", engine.Tensors(), golden.Named("params.0."), s_parameterTolerance[0]);
            for (int step = 1; step <= golden.Options.Steps; step++)
            {
                Trace(traces, engine.Step(step), engine);
                if (golden.Named($"params.{step}.").Any())
                {
                    deviation.Compare($"params.{step}.", engine.Tensors(), golden.Named($"params.{step}."), s_parameterTolerance[step]);
                }
            }

            CompareTraces(deviation, golden, traces, "trace.");
            deviation.Check();
        }
    }

    [Theory]
    [InlineData(1, false, null)]
    [InlineData(3, null, false)]
    [InlineData(2, true, true)]
    public void The_engine_moves_as_the_trainers_of_other_libraries_do(int threads, bool? dense, bool? wide)
    {
        using WorkTeam team = new(threads);
        foreach (TrainingCase golden in TrainingCase.All().Where(golden => golden.Kind == TrainingCaseKind.LibraryRun))
        {
            Deviation deviation = new(golden.Name);
            using EngineCase engine = new(team, golden);
            engine.ForceWide(wide);
            engine.Trainer.ForceDense = dense;
            Dictionary<string, List<double>> traces = [];
            for (int step = 1; step <= golden.Options.Steps; step++)
            {
                Trace(traces, engine.Step(step), engine);
            }

            deviation.Compare("loss.total", [.. traces["total"]], golden["loss.total"].Values, LossTolerance);
            CompareTraces(deviation, golden, traces, "reference.trace.");
            CompareFinal(deviation, golden, engine);
            deviation.Check();
        }
    }

    [Theory]
    [InlineData(1, false, null)]
    [InlineData(2, true, true)]
    public void The_engine_has_the_loss_and_gradients_that_other_libraries_have_for_one_batch(int threads, bool? dense, bool? wide)
    {
        using WorkTeam team = new(threads);
        foreach (TrainingCase golden in TrainingCase.All().Where(golden => golden.Kind == TrainingCaseKind.LibraryBatch))
        {
            Deviation deviation = new(golden.Name);
            using EngineCase engine = new(team, golden, options => options with
            {
                Beta1 = 0.5,
                ProjectDecoderGradient = false,
                UnitNormDecoder = false,
                ClipNorm = 0,
                DeadAfter = long.MaxValue / 2,
            });
            engine.ForceWide(wide);
            engine.Trainer.ForceDense = dense;
            double[] dead = golden["dead"].Values;
            for (int latent = 0; latent < dead.Length; latent++)
            {
                engine.Trainer.Silence.Since[latent] = dead[latent] != 0 ? long.MaxValue / 2 : 0;
            }

            TrainingStep step = engine.Step(1);
            deviation.Compare("loss.total", [step.Loss], golden["loss.total"].Values, LossTolerance);
            NamedTensors expected = golden.Named("grad.");
            NamedTensors actual = engine.Gradients();
            Assert.True(expected.Any(), $"{golden.Name}: no gradient to compare");
            foreach ((string name, DoubleMatrix gradient) in expected)
            {
                deviation.Compare("grad." + name, actual[name].Values, gradient.Values, GradientTolerance);
            }

            deviation.Check();
        }
    }

    private static void Trace(Dictionary<string, List<double>> traces, TrainingStep step, EngineCase engine)
    {
        foreach ((string name, double value) in new[]
        {
            ("total", step.Loss), ("reconstruction", step.Reconstruction), ("sparsity", step.Sparsity), ("aux", step.Auxiliary), ("l0", step.L0),
            ("lambda", step.Lambda), ("lr", step.LearningRate), ("n_dead", step.Dead), ("threshold_ema", engine.Threshold),
        })
        {
            if (!traces.TryGetValue(name, out List<double>? trace))
            {
                traces[name] = trace = [];
            }

            trace.Add(value);
        }
    }

    private static void CompareTraces(Deviation deviation, TrainingCase golden, Dictionary<string, List<double>> traces, string prefix)
    {
        NamedTensors expected = golden.Named(prefix);
        foreach ((string name, DoubleMatrix trace) in expected)
        {
            double[] values = trace.Values;
            switch (name)
            {
                case "margin" or "pre_act":
                    // The first is no result of the engine; the second is part of its sparsity.
                    continue;
                case "sparsity":
                    values = [.. values.Zip(expected["pre_act"].Values, (a, b) => a + b)];
                    break;
                case "lambda" when golden.Options.Sparsity == "none":
                    // The reference counts a coefficient up that multiplies nothing.
                    continue;
                default:
                    break;
            }

            if (!traces.TryGetValue(name, out List<double>? actual))
            {
                Assert.Fail($"{golden.Name}: no rule for {prefix}{name}");
            }

            deviation.Compare(prefix + name, [.. actual], values, LossTolerance);
        }
    }

    private static void CompareFinal(Deviation deviation, TrainingCase golden, EngineCase engine)
    {
        double tolerance = golden.Options.Lr < SmallLearningRate ? SmallMovementTolerance : MovementTolerance;
        NamedTensors initial = golden.Initial();
        NamedTensors actual = engine.Tensors();
        foreach ((string name, DoubleMatrix final) in golden.Named("final."))
        {
            if (initial.Has(name))
            {
                deviation.Compare("movement of " + name, Movement(actual[name], initial[name]), Movement(final, initial[name]), tolerance);
            }
            else if (name is "threshold" or "topk_threshold")
            {
                deviation.Compare("final." + name, [engine.Threshold], final.Values, ThresholdTolerance);
            }
            else
            {
                Assert.Fail($"{golden.Name}: no rule for final.{name}");
            }
        }
    }

    private static double[] Movement(DoubleMatrix final, DoubleMatrix initial) => [.. final.Values.Zip(initial.Values, (a, b) => a - b)];
}

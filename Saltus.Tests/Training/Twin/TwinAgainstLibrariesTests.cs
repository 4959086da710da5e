namespace Saltus.Tests.Training.Twin;

public class TwinAgainstLibrariesTests
{
    // The libraries ran in float32: 4e-7 seen over 20 steps.
    private const double LossTolerance = 5e-6;

    // Of final − initial: 2e-5 seen, and 2e-4 at learning rate 7e-5, where float32 rounding is larger against the small movement.
    private const double MovementTolerance = 1e-4;
    private const double SmallMovementTolerance = 1e-3;
    private const double SmallLearningRate = 1e-4;

    // Gradients of one batch: 3e-7 seen.
    private const double GradientTolerance = 1e-5;

    // The running threshold, a float32 value of the library.
    private const double ThresholdTolerance = 1e-5;

    // The traces beside a library's run are the reference's, in float64.
    private const double ReferenceTolerance = 1e-12;

    [Fact]
    public void The_twin_moves_as_the_trainers_of_other_libraries_do()
    {
        foreach (TrainingCase golden in TrainingCase.All().Where(golden => golden.Kind == TrainingCaseKind.LibraryRun))
        {
            Deviation deviation = new(golden.Name);
            CompareRun(golden, deviation);
            deviation.Check();
        }
    }

    [Fact]
    public void The_twin_has_the_loss_and_gradients_that_other_libraries_have_for_one_batch()
    {
        foreach (TrainingCase golden in TrainingCase.All().Where(golden => golden.Kind == TrainingCaseKind.LibraryBatch))
        {
            Deviation deviation = new(golden.Name);
            bool[] dead = [.. golden["dead"].Values.Select(value => value != 0)];
            TwinPass pass = new(golden.Options, golden.Initial(), golden.Inputs(1), golden.Targets(1), golden.Options.Coefficient, _ => dead);
            deviation.Compare("loss.total", [pass.Losses.Total], golden["loss.total"].Values, LossTolerance);
            NamedTensors expected = golden.Named("grad.");
            Assert.True(expected.Names.Any(), $"{golden.Name}: no gradient to compare");
            foreach ((string name, DoubleMatrix gradient) in expected)
            {
                deviation.Compare("grad." + name, pass.Gradients[name].Values, gradient.Values, GradientTolerance);
            }

            deviation.Check();
        }
    }

    private static void CompareRun(TrainingCase golden, Deviation deviation)
    {
        TwinTrainer trainer = new(golden.Options, golden.Initial());
        List<TwinStep> made = [];
        for (int step = 1; step <= golden.Options.Steps; step++)
        {
            made.Add(trainer.Step(golden.Inputs(step), golden.Targets(step)));
        }

        double[] Trace(Func<TwinStep, double> value) => [.. made.Select(value)];
        deviation.Compare("loss.total", Trace(step => step.Pass.Losses.Total), golden["loss.total"].Values, LossTolerance);
        foreach ((string name, DoubleMatrix trace) in golden.Named("reference.trace."))
        {
            double[] actual = Trace(name switch
            {
                "total" => step => step.Pass.Losses.Total,
                "reconstruction" => step => step.Pass.Losses.Reconstruction,
                "sparsity" => step => step.Pass.Losses.Sparsity,
                "aux" => step => step.Pass.Losses.Auxiliary,
                "pre_act" => step => step.Pass.Losses.PreActivation,
                "l0" => step => step.Pass.L0,
                "n_dead" => step => step.Pass.DeadCount,
                "threshold_ema" => step => step.ThresholdAverage,
                _ => throw new InvalidDataException($"{golden.Name}: no rule for reference.trace.{name}"),
            });
            deviation.Compare("reference.trace." + name, actual, trace.Values, ReferenceTolerance);
        }

        CompareFinal(golden, deviation, trainer, made[^1]);
    }

    private static void CompareFinal(TrainingCase golden, Deviation deviation, TwinTrainer trainer, TwinStep last)
    {
        double tolerance = Math.Min(golden.Options.Lr < SmallLearningRate ? SmallMovementTolerance : MovementTolerance, golden.Tolerance ?? 1);
        NamedTensors initial = golden.Initial();
        Assert.All(initial.Names, name => Assert.True(golden.TensorNames.Contains("final." + name), $"{golden.Name}: tensor final.{name} is missing"));
        foreach ((string name, DoubleMatrix final) in golden.Named("final."))
        {
            if (initial.Has(name))
            {
                deviation.Compare("movement of " + name, Movement(trainer.Parameters[name], initial[name]), Movement(final, initial[name]), tolerance);
            }
            else if (name is "threshold" or "topk_threshold")
            {
                deviation.Compare("final." + name, [last.ThresholdAverage], final.Values, ThresholdTolerance);
            }
            else
            {
                Assert.Fail($"{golden.Name}: no rule for final.{name}");
            }
        }
    }

    private static double[] Movement(DoubleMatrix final, DoubleMatrix initial) => [.. final.Values.Zip(initial.Values, (a, b) => a - b)];
}

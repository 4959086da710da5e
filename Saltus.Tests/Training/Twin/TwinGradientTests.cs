using Saltus.Tensors;

namespace Saltus.Tests.Training.Twin;

public class TwinGradientTests
{
    private const int Inputs = 5;
    private const int Latents = 9;
    private const int Rows = 7;
    private const double Shift = 1e-6;

    // A central difference with this shift carries the loss's rounding over the shift, some 1e-9, and its own curvature; gradients are of order 1.
    private const double Tolerance = 2e-6;

    // A gradient is compared relative to its size above this, absolutely below.
    private const double SmallGradient = 1e-2;

    // The shift must not carry any decision over its edge.
    private const double ClearMargin = 1e-4;

    // The closed form sums in another order.
    private const double ClosedFormTolerance = 1e-12;

    [Fact]
    public void Gradients_without_straight_through_estimators_equal_central_differences()
    {
        foreach ((string name, TwinOptions options) in Variants())
        {
            options.Validate();
            double worst = 0;
            string where = string.Empty;
            for (int seed = 0; seed < 2; seed++)
            {
                SmallCase small = SmallCase.WithClearMargin(options, 100 * seed);
                foreach ((string parameter, double deviation) in small.CentralDifferences())
                {
                    if (!(deviation <= worst))
                    {
                        worst = deviation;
                        where = $"{parameter}, seed {seed}";
                    }
                }
            }

            Assert.True(worst <= Tolerance, $"{name}: {where} is off by {worst:e2}");
        }
    }

    [Theory]
    [InlineData("rectangle")]
    [InlineData("triangle")]
    [InlineData("epanechnikov")]
    [InlineData("gaussian")]
    public void The_threshold_gradient_of_the_plain_L0_loss_has_its_closed_form(string kernel)
    {
        foreach (string threshold in new[] { "log", "raw" })
        {
            TwinOptions options = Small() with { Kernel = kernel, Threshold = threshold, Coefficient = 0.3 };
            var small = SmallCase.WithClearMargin(options, 5);
            TwinPass pass = small.Pass(small.Parameters, new FrozenValues());
            double[] expected = new double[Latents];
            for (int i = 0; i < Latents; i++)
            {
                double theta = pass.Thresholds[i];
                for (int b = 0; b < Rows; b++)
                {
                    double along = 0;
                    for (int j = 0; j < Inputs; j++)
                    {
                        along += (small.Y[b, j] - pass.Reconstruction[b, j]) * small.Parameters["W_dec"][i, j];
                    }

                    double density = TwinKernel.Value(kernel, (pass.PreActivations[b, i] - theta) / options.Bandwidth) / options.Bandwidth;
                    expected[i] += ((2 * theta * along) - options.Coefficient) * density / Rows;
                }

                expected[i] *= threshold == "log" ? theta : 1;
            }

            Assert.Contains(expected, value => value != 0);
            double[] actual = pass.Gradients[threshold == "log" ? "log_threshold" : "threshold"].Values;
            Assert.InRange(Deviation.Between(actual, expected), 0, ClosedFormTolerance);
        }
    }

    private static TwinOptions Small() => new() { DIn = Inputs, Latents = Latents, Batch = Rows, K = 3, UnitNorm = false, Bandwidth = 0.3, Coefficient = 0.7 };

    private static IEnumerable<(string Name, TwinOptions Options)> Variants()
    {
        TwinOptions jump = Small();
        TwinOptions relu = Small() with { Arch = "relu", Sparsity = "l1" };
        TwinOptions gated = relu with { Arch = "gated" };
        TwinOptions top = Small() with { Arch = "topk", Sparsity = "none", Aux = 0.5, KAux = 2 };
        foreach (string recon in new[] { "sum", "mean", "fvu", "normalised" })
        {
            yield return ("jumprelu " + recon, jump with { Recon = recon });
        }

        foreach (string sparsity in new[] { "l0_target", "l0_quadratic", "frequency", "tanh" })
        {
            yield return ("jumprelu " + sparsity, jump with { Sparsity = sparsity });
        }

        foreach (string kernel in new[] { "triangle", "epanechnikov", "gaussian" })
        {
            yield return ("jumprelu " + kernel, jump with { Kernel = kernel });
        }

        yield return ("jumprelu raw, step on f", jump with { Threshold = "raw", StepOn = "post" });
        yield return ("jumprelu estimator to the input", jump with { SteToInput = true, Sparsity = "tanh" });
        yield return ("jumprelu without pre-encoder bias", jump with { PreBias = false });
        yield return ("jumprelu after a ReLU", jump with { ReluPre = true });
        yield return ("jumprelu pre-activation loss", jump with { PreAct = 0.4, ReluPre = true });
        yield return ("jumprelu pre-activation loss on the dead", jump with { PreAct = 0.4, PreActDead = true, DeadRule = "steps" });
        yield return ("jumprelu transcoder", jump with { PreBias = false, DOut = 4 });
        yield return ("jumprelu skip transcoder", jump with { PreBias = false, DOut = 4, Skip = true });
        yield return ("jumprelu nested", jump with { Widths = [2, 5, Latents], Weights = [0.5, 1, 2] });
        yield return ("jumprelu with AuxK", jump with { Aux = 0.5, KAux = 2, AuxRelu = false });
        foreach (string sparsity in new[] { "l1", "l1_norm", "l1_input_norm", "tanh" })
        {
            yield return ("relu " + sparsity, relu with { Sparsity = sparsity });
            yield return ("gated " + sparsity, gated with { Sparsity = sparsity, PreBias = false });
            yield return ("gated, decoder not frozen, " + sparsity, gated with { Sparsity = sparsity, AuxFrozen = false });
        }

        foreach (string norm in new[] { "none", "mean", "residual_variance", "total_variance" })
        {
            foreach (bool detach in new[] { true, false })
            {
                yield return ($"topk {norm} {detach}", top with { AuxNorm = norm, AuxDetach = detach });
                yield return ($"batchtopk {norm} {detach}", top with { Arch = "batchtopk", K = 2.5, AuxNorm = norm, AuxDetach = detach, AuxRelu = false, Rescale = true });
            }
        }

        yield return ("topk, no auxiliary gradient to the encoder", top with { AuxGradEncoder = false, Rescale = true, AuxScale = true, KAux = 8 });
        yield return ("matryoshka", top with { Arch = "batchtopk", Rescale = true, Widths = [2, 5, Latents], Weights = [1, 1, 1], AuxDetach = false });
        yield return ("topk skip transcoder", top with { PreBias = false, DOut = 4, Skip = true });
    }

    /// <summary>Random parameters and one batch; the last third of the latents counts as dead.</summary>
    private sealed class SmallCase
    {
        private readonly TwinOptions _options;
        private readonly RandomSource _random;
        private readonly DoubleMatrix _x;

        private SmallCase(TwinOptions options, int seed)
        {
            _options = options;
            _random = new RandomSource(seed, "twin");
            _x = Uniform(Rows, Inputs, 1);
            Y = options.DOut is null ? _x : Uniform(Rows, options.Outputs, 1);
            Parameters["W_enc"] = Uniform(Inputs, Latents, 0.7);
            Parameters["W_dec"] = Uniform(Latents, options.Outputs, 0.7);
            Parameters["b_dec"] = Uniform(1, options.Outputs, 0.2);
            foreach (string name in options.Arch == "gated" ? new[] { "b_gate", "b_mag", "r_mag" } : ["b_enc"])
            {
                Parameters[name] = Uniform(1, Latents, 0.2);
            }

            if (options.Arch == "jumprelu")
            {
                double[] thresholds = [.. Uniform(1, Latents, 0.1).Values.Select(value => 0.2 + value)];
                bool log = options.Threshold == "log";
                Parameters[log ? "log_threshold" : "threshold"] = new DoubleMatrix(1, Latents, log ? [.. thresholds.Select(value => Math.Log(value))] : thresholds);
            }

            if (options.Skip)
            {
                Parameters["W_skip"] = Uniform(Inputs, options.Outputs, 0.3);
            }
        }

        public NamedTensors Parameters { get; } = new();

        public DoubleMatrix Y { get; }

        public static SmallCase WithClearMargin(TwinOptions options, int seed)
        {
            for (int next = seed; next < seed + 100; next++)
            {
                SmallCase small = new(options, next);
                if (small.Pass(small.Parameters, new FrozenValues()).Margin > ClearMargin)
                {
                    return small;
                }
            }

            throw new InvalidOperationException("no seed keeps every decision clear of its edge");
        }

        public TwinPass Pass(NamedTensors parameters, FrozenValues frozen) =>
            new(_options, parameters, _x, Y, _options.Coefficient, _ => [.. Enumerable.Range(0, Latents).Select(i => i >= Latents * 2 / 3)], frozen);

        public IEnumerable<(string Parameter, double Deviation)> CentralDifferences()
        {
            FrozenValues frozen = new();
            NamedTensors gradients = Pass(Parameters, frozen).Gradients;
            foreach ((string name, DoubleMatrix gradient) in gradients.Where(pair => !HasEstimator(pair.Key)))
            {
                for (int n = 0; n < gradient.Values.Length; n++)
                {
                    double numerical = (LossAt(name, n, Shift, frozen) - LossAt(name, n, -Shift, frozen)) / (2 * Shift);
                    yield return ($"{name}[{n}]", Math.Abs(numerical - gradient.Values[n]) / (SmallGradient + Math.Abs(gradient.Values[n])));
                }
            }
        }

        private bool HasEstimator(string parameter) =>
            parameter is "threshold" or "log_threshold" || (_options.SteToInput && parameter is "W_enc" or "b_enc" or "b_dec");

        private double LossAt(string name, int index, double shift, FrozenValues frozen)
        {
            NamedTensors shifted = Parameters.Clone();
            shifted[name].Values[index] += shift;
            return Pass(shifted, frozen).Losses.Total;
        }

        private DoubleMatrix Uniform(int rows, int columns, double size)
        {
            DoubleMatrix result = new(rows, columns);
            foreach (ref double value in result.Values.AsSpan())
            {
                value = size * ((2 * _random.NextDouble()) - 1);
            }

            return result;
        }
    }
}

using Saltus.Formats;
using TorchSharp;

namespace Saltus.Benchmarks.Torch;

/// <summary>
/// The peers' steps as written here against recorded runs of the peers themselves (Saltus.Tests/Golden/training): twenty steps with
/// SAELens's trainers, one batch of sparsify. What is timed is what they do.
/// </summary>
internal static class PeerCheck
{
    private const string Folder = "Saltus.Tests/Golden/training";

    /// <summary>The goldens' README: float32 runs of the peers stay within a tenth of these of a float64 reference.</summary>
    private const double LossTolerance = 5e-6;
    private const double GradientTolerance = 1e-5;
    private const double MovementTolerance = 1e-4;

    /// <summary>Compares every peer.</summary>
    /// <param name="output">A line each.</param>
    /// <returns>Whether all agree.</returns>
    public static bool Run(TextWriter output)
    {
        string folder = Find();
        bool agrees = true;
        agrees &= Steps(output, folder, "saelens-topk", (weights, options) => new SaeLensTopKStep(weights, options.K, options.LearningRate, options.DeadAfter));
        agrees &= Steps(output, folder, "saelens-batchtopk", (weights, options) => new SaeLensBatchTopKStep(weights, options.K, options.LearningRate, options.DeadAfter));
        agrees &= Steps(output, folder, "saelens-jumprelu-step", (weights, options) => new SaeLensJumpReluStep(weights, options.Bandwidth, options.LearningRate, options.DeadAfter));
        return agrees & Gradients(output, folder, "sparsify-topk");
    }

    private static bool Steps(TextWriter output, string folder, string name, Func<PeerWeights, PeerCaseOptions, PeerStep> create)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, name, "steps.safetensors"));
        PeerCaseOptions options = PeerCaseOptions.Read(Path.Combine(folder, name, "config.json"));
        using PeerStep step = create(PeerCaseOptions.Weights(file), options);
        Tensor batches = PeerCaseOptions.Read(file, "x");
        double[] expected = PeerCaseOptions.Read(file, "loss.total").to(torch.float64).data<double>().ToArray();
        double worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (step is SaeLensJumpReluStep jump)
            {
                jump.Coefficient = options.CoefficientAt(i);
            }

            step.Step(batches[i]);
            worst = Math.Max(worst, Math.Abs(step.LastLoss - expected[i]) / expected.Max());
        }

        double moved = 0;
        foreach ((string tensor, Tensor value) in step.Named())
        {
            Tensor end = PeerCaseOptions.Read(file, $"final.{tensor}"), start = PeerCaseOptions.Read(file, $"initial.{tensor}");
            moved = Math.Max(moved, Largest(value.detach() - end) / Largest(end - start));
        }

        bool agrees = worst <= LossTolerance && moved <= MovementTolerance;
        output.WriteLine($"{name}: {expected.Length} steps, losses off by {worst:0.0e-0} (at most {LossTolerance:0e-0}), movement by {moved:0.0e-0} (at most {MovementTolerance:0e-0}): {(agrees ? "agrees" : "DIFFERS")}");
        return agrees;
    }

    private static bool Gradients(TextWriter output, string folder, string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, name, "batch.safetensors"));
        PeerCaseOptions options = PeerCaseOptions.Read(Path.Combine(folder, name, "config.json"));
        using SparsifyTopKStep step = SparsifyTopKStep.Create(PeerCaseOptions.Weights(file), (int)options.K, options.LearningRate, usesAuxiliary: true);
        step.Dead = PeerCaseOptions.Read(file, "dead").gt(0);
        step.Backward(PeerCaseOptions.Read(file, "x"));
        double off = 0;
        foreach ((string tensor, Tensor value) in step.Named())
        {
            Tensor expected = PeerCaseOptions.Read(file, $"grad.{tensor}");
            off = Math.Max(off, Largest(value.grad! - expected) / Largest(expected));
        }

        bool agrees = off <= GradientTolerance;
        output.WriteLine($"{name}: one batch, gradients off by {off:0.0e-0} (at most {GradientTolerance:0e-0}): {(agrees ? "agrees" : "DIFFERS")}");
        return agrees;
    }

    private static double Largest(Tensor values) => values.abs().max().item<float>();

    /// <summary>Looks for the goldens above the program and above the current folder.</summary>
    private static string Find()
    {
        foreach (string start in new[] { AppContext.BaseDirectory, Environment.CurrentDirectory })
        {
            for (string? folder = start; folder is not null; folder = Path.GetDirectoryName(folder))
            {
                string goldens = Path.Combine(folder, Folder);
                if (Directory.Exists(goldens))
                {
                    return goldens;
                }
            }
        }

        throw new InputException($"{Folder}: expected the peers' recorded runs above the program or the current folder, found none; run it in the repository");
    }
}

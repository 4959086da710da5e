using Saltus.Kernels;
using Saltus.Training;

namespace Saltus.Cli.Bench;

/// <summary>A training method as a row of the benchmark; <see cref="StepMethods"/> lists them.</summary>
/// <param name="Name">Of the row.</param>
/// <param name="What">Settings, for people.</param>
/// <param name="Create">Makes the method for an L0, given the cut at which the data have it.</param>
internal sealed record StepMethod(string Name, string What, Func<double, float, TrainingMethod> Create)
{
    /// <summary>Small enough that weights and thresholds stay what they were, so that the first and the last run meet the same L0.</summary>
    private const double LearningRate = 1e-9;

    /// <summary>Gets whether the method's threshold is 0, so that the encoder bias must make the L0.</summary>
    public bool HasFixedThreshold { get; init; }

    /// <summary>Gets what changes the shared knobs, given M; null for none.</summary>
    public Func<TrainerOptions, int, TrainerOptions>? Adjust { get; init; }

    /// <summary>Makes a step of it.</summary>
    /// <param name="data">What it works on; its biases become this step's.</param>
    /// <param name="l0">Active latents a token.</param>
    /// <param name="dense">Which path is forced; null for the trainer's own choice.</param>
    /// <param name="screening">Whether the encoder screens in 8-bit integers.</param>
    /// <returns>The case; a run is a step, optimiser included.</returns>
    public BenchCase Step(StepData data, double l0, bool? dense = null, ScreenMode screening = ScreenMode.Never)
    {
        SaeParameters parameters = data.Parameters;
        float cut = data.Cut(l0);
        parameters.EncoderBias.AsSpan().Fill(HasFixedThreshold ? -cut : 0);
        Array.Clear(parameters.DecoderBias);
        foreach (float[] extra in parameters.Extras)
        {
            Array.Clear(extra);
        }

        TrainerOptions shared = new() { LearningRate = LearningRate, ThresholdLearningRate = LearningRate };
        Trainer trainer = new(data.Team, parameters, Create(l0, cut), Adjust?.Invoke(shared, parameters.Latents) ?? shared)
        {
            ForceDense = dense,
            Screening = screening,
        };
        TrainingStep last = default;
        string path = dense is null ? string.Empty : dense.Value ? ", dense path" : ", sparse path";
        return new BenchCase($"{Name}, L0 {l0}{path}", What, data.Product, () => last = trainer.Step(data.Next()))
        {
            Tokens = data.Rows,
            Note = () => $"L0 {last.L0:F1}, {last.Candidates:F1} candidates",
            Owned = [trainer],
        };
    }
}

using Saltus.Training;

namespace Saltus.Cli.Bench;

/// <summary>A training method as a row of the benchmark. A new method is a new row of <see cref="All"/>.</summary>
/// <param name="Name">Of the row.</param>
/// <param name="What">Settings, for people.</param>
/// <param name="Create">Makes the method for an L0, given the cut at which the data have it.</param>
/// <param name="Adjust">Changes the shared knobs where the row is about them.</param>
internal sealed record StepMethod(string Name, string What, Func<double, float, TrainingMethod> Create, Func<TrainerOptions, TrainerOptions> Adjust)
{
    /// <summary>The row that stands for the product's own case: own thresholds, no first moment.</summary>
    public const string Main = "jumprelu";

    /// <summary>Small enough that weights and thresholds stay what they were, so that the first and the last run meet the same L0.</summary>
    private const double LearningRate = 1e-9;

    /// <summary>Gets the rows.</summary>
    public static IReadOnlyList<StepMethod> All { get; } =
    [
        new(Main, "thresholds, band of 0.2·θ", (l0, cut) => OwnThresholds(cut), Same),
        new("jumprelu, shared cut", "the batch's own cut, as a run begins", SharedCut, Same),
        new("jumprelu, Adam 0.9", "a first moment too: every latent moves in every step", (l0, cut) => OwnThresholds(cut), options => options with { Beta1 = 0.9 }),
        new("jumprelu, clipped", "the norm of the whole gradient clipped: two passes", (l0, cut) => OwnThresholds(cut), options => options with { ClipNorm = 1 }),
    ];

    /// <summary>Gets the row of that name.</summary>
    public static StepMethod Of(string name) => All.Single(method => method.Name == name);

    /// <summary>Makes a step of it.</summary>
    /// <param name="data">What it works on.</param>
    /// <param name="l0">Active latents a token.</param>
    /// <param name="dense">Which path is forced; null for the trainer's own choice.</param>
    /// <returns>The case; a run is a step, optimiser included.</returns>
    public BenchCase Step(StepData data, double l0, bool? dense = null)
    {
        TrainerOptions options = Adjust(new TrainerOptions { LearningRate = LearningRate, ThresholdLearningRate = LearningRate });
        Trainer trainer = new(data.Team, data.Parameters, Create(l0, data.Cut(l0)), options) { ForceDense = dense };
        TrainingStep? last = null;
        string path = dense is null ? string.Empty : dense.Value ? ", dense path" : ", sparse path";
        return new BenchCase($"{Name}, L0 {l0}{path}", What, data.Product, () => last = trainer.Step(data.Next()))
        {
            Tokens = data.Rows,
            Note = () => $"L0 {last!.L0:F1}, {last.Candidates:F1} candidates",
            Owned = [trainer],
        };
    }

    private static TrainerOptions Same(TrainerOptions options) => options;

    private static JumpReluMethod OwnThresholds(float cut) =>
        new(new JumpReluOptions { LogThreshold = false, InitialThreshold = cut, RelativeBandwidth = 0.2 });

    private static JumpReluMethod SharedCut(double l0, float cut) =>
        new(new JumpReluOptions { LogThreshold = false, InitialThreshold = cut, TargetL0 = l0, SharedCutSteps = int.MaxValue });
}

using Saltus.Kernels;

namespace Saltus.Cli.Bench;

/// <summary>The groups of a run, in order.</summary>
internal static class BenchGroups
{
    /// <summary>Gets the groups.</summary>
    public static IReadOnlyList<BenchGroup> All { get; } =
    [
        new("floor", "What this machine can do at most", Floors.Pairs),
        new("product", "The encoder's product", StepGroups.Product),
        new("step", "The training step of each method in float32, optimiser included", StepGroups.Steps),
        new("screened", "The training step as it runs by default, with screening in 8-bit integers", StepGroups.Screened),
        new("early", "The training step while thresholds are still low", StepGroups.Early),
        new("wide", "The training step with kernels whose band holds most latents", BandGroups.Wide, IsLong: true),
        new("dead", "The training step while many latents are dead", BandGroups.Dead, IsLong: true),
        new("large", "The training step of a large autoencoder in float32", settings => StepGroups.Large(settings, ScreenMode.Never), IsLong: true),
        new(
            "large-screened", "The training step of a large autoencoder as it runs by default",
            settings => StepGroups.Large(settings, ScreenMode.Automatic), IsLong: true),
        new("encode", "Encoding alone", StepGroups.Encoding),
        new("memory", "The process while it trains: its peak so far, so run this group alone", MemoryGroup.Pairs, IsLong: true),
        new("checkpoint", "A checkpoint of the training step above, written to a disk", CheckpointGroup.Pairs, IsLong: true),
        new("lm", "The language model's forward pass", ModelGroups.Forward),
        new("attribution", "Attribution of a prompt to latents, above a forward pass over it without logits", AttributionGroup.Pairs),
        new("tokenizer", "Tokenizing", ModelGroups.Tokenizing),
    ];
}

namespace Saltus.Training;

/// <summary>
/// Every knob of a training run: what the command line sets, what <c>config.json</c> holds, enough to repeat the run. Null leaves a knob
/// to the recipe; <see cref="Recipe.Complete"/> fills all in.
/// </summary>
public sealed record RunConfiguration
{
    /// <summary>Gets the version of this layout.</summary>
    public int FormatVersion { get; init; } = 1;

    /// <summary>Gets the architecture, one of <see cref="MethodNames"/>; null for the recipe's.</summary>
    public string? Method { get; init; }

    /// <summary>Gets what a Matryoshka SAE chooses its latents by: batchtopk or jumprelu; null for other methods.</summary>
    public string? Base { get; init; }

    /// <summary>Gets the recipe that fills in what is not set.</summary>
    public string Recipe { get; init; } = Training.Recipe.Default;

    /// <summary>Gets the number of latents, M.</summary>
    public required int Width { get; init; }

    /// <summary>Gets the target mean number of active latents a token; null where λ is set instead.</summary>
    public double? L0 { get; init; }

    /// <summary>Gets λ; null where it is steered to <see cref="L0"/>.</summary>
    public double? Lambda { get; init; }

    /// <summary>Gets the training tokens.</summary>
    public required long Tokens { get; init; }

    /// <summary>Gets the vectors of a step, B.</summary>
    public int? Batch { get; init; }

    /// <summary>Gets the learning rate of weights and biases.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Gets the learning rate of thresholds.</summary>
    public double? ThresholdLearningRate { get; init; }

    /// <summary>Gets the share of the steps over which the learning rate rises.</summary>
    public double? WarmupShare { get; init; }

    /// <summary>Gets the share of the steps over which the learning rate falls to 0 at the end.</summary>
    public double? DecayShare { get; init; }

    /// <summary>Gets the share of the steps that begin the run with a cut shared by all latents.</summary>
    public double? SharedCutShare { get; init; }

    /// <summary>Gets the L0 with which the shared cut begins, as a share of the target that it ends with; between them it grows by a constant factor a step.</summary>
    public double? SharedCutStart { get; init; }

    /// <summary>Gets the bandwidth of the estimators as a share of each threshold; null for the absolute <see cref="Bandwidth"/>.</summary>
    public double? RelativeBandwidth { get; init; }

    /// <summary>Gets the absolute bandwidth, in units of data with E‖x‖² = 1.</summary>
    public double? Bandwidth { get; init; }

    /// <summary>Gets the threshold at the start, in units of data with E‖x‖² = 1, where there is no shared cut.</summary>
    public double? InitialThreshold { get; init; }

    /// <summary>Gets the weight of the AuxK loss.</summary>
    public double? AuxCoefficient { get; init; }

    /// <summary>Gets after how many silent training tokens the AuxK loss takes a latent as dead.</summary>
    public long? DeadAfter { get; init; }

    /// <summary>Gets the seed of every random stream.</summary>
    public long Seed { get; init; }

    /// <summary>Gets the seed of the order of text and vectors; null for <see cref="Seed"/>. Runs that share their data have one.</summary>
    public long? DataSeed { get; init; }

    /// <summary>Gets the vectors that are mixed before they become batches.</summary>
    public int? ShuffleBuffer { get; init; }

    /// <summary>Gets the language model's folder or name; null for own vectors.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the site, such as "resid_post"; null for own vectors.</summary>
    public string? Site { get; init; }

    /// <summary>Gets the layer; null for own vectors.</summary>
    public int? Layer { get; init; }

    /// <summary>Gets the tokens of a window, BOS included; null for own vectors.</summary>
    public int? Context { get; init; }

    /// <summary>Gets the text file or folder; null for own vectors.</summary>
    public string? Text { get; init; }

    /// <summary>Gets the field or column of the text; null for "text".</summary>
    public string? Column { get; init; }

    /// <summary>Gets the activation store or vector file; null for a live language model.</summary>
    public string? Activations { get; init; }

    /// <summary>Gets the share of the steps over which λ rises from 0.</summary>
    public double? LambdaWarmupShare { get; init; }

    /// <summary>Gets the prefixes of a Matryoshka SAE as shares of the latents, ascending to 1.</summary>
    public IReadOnlyList<double>? Prefixes { get; init; }

    /// <summary>Gets the steps between two resamplings of silent latents.</summary>
    public int? ResamplingInterval { get; init; }

    /// <summary>Gets the site of a transcoder's targets, such as "mlp_out"; null for an autoencoder.</summary>
    public string? TargetSite { get; init; }

    /// <summary>Gets the layer of the targets.</summary>
    public int? TargetLayer { get; init; }

    /// <summary>Gets the vector file of the targets, for own vectors.</summary>
    public string? Targets { get; init; }

    /// <summary>Gets whether a transcoder has a skip connection.</summary>
    public bool? Skip { get; init; }

    /// <summary>Gets whether it is a transcoder.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsTranscoder => TargetSite is not null || Targets is not null;

    /// <summary>Gets the seed that orders text and vectors.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long OrderSeed => DataSeed ?? Seed;

    /// <summary>Gets the number of steps.</summary>
    /// <returns>Tokens over batch, at least 1.</returns>
    public int Steps() => (int)Math.Max(1, Tokens / (Batch ?? 1));
}

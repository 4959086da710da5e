using System.Text.Json;

namespace Saltus.Training;

/// <summary>
/// The declaration of a sweep, the content of <c>sweep.json</c>: every combination of methods, sparsities, widths, learning rates and seeds is
/// trained on one and the same sequence of batches, then evaluated on the same held-out documents.
/// </summary>
public sealed record SweepConfiguration
{
    /// <summary>The version of this layout.</summary>
    public const int Version = 1;

    /// <summary>Gets the version of the layout; null for this one.</summary>
    public int? FormatVersion { get; init; } = Version;

    /// <summary>Gets the architectures, each one of <see cref="MethodNames"/>.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    /// <summary>Gets the target numbers of active latents a token; null where coefficients are given instead.</summary>
    public IReadOnlyList<double>? L0 { get; init; }

    /// <summary>Gets the coefficients λ of the sparsity penalty, in place of <see cref="L0"/>.</summary>
    public IReadOnlyList<double>? Lambda { get; init; }

    /// <summary>Gets the numbers of latents, M.</summary>
    public IReadOnlyList<int> Widths { get; init; } = [];

    /// <summary>Gets the learning rates; null for that of the settings or the recipe.</summary>
    public IReadOnlyList<double>? LearningRates { get; init; }

    /// <summary>Gets the seeds of the start values.</summary>
    public IReadOnlyList<long> Seeds { get; init; } = [0];

    /// <summary>Gets the seed of the order of text and vectors, the same for all; null for the first of <see cref="Seeds"/>.</summary>
    public long? DataSeed { get; init; }

    /// <summary>Gets the training tokens of each SAE.</summary>
    public long Tokens { get; init; }

    /// <summary>Gets the language model's folder or name; null for stored vectors without an evaluation in the model.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the site, such as "resid_post".</summary>
    public string? Site { get; init; }

    /// <summary>Gets the layer.</summary>
    public int? Layer { get; init; }

    /// <summary>Gets the tokens of a window, BOS included.</summary>
    public int? Context { get; init; }

    /// <summary>Gets the text that the model reads for training; null for stored vectors.</summary>
    public string? Text { get; init; }

    /// <summary>Gets the field or column of the texts; null for "text".</summary>
    public string? Column { get; init; }

    /// <summary>Gets the activation store or vector file to train on; null for a live language model.</summary>
    public string? Activations { get; init; }

    /// <summary>Gets the held-out text; null for none.</summary>
    public string? EvalText { get; init; }

    /// <summary>Gets the held-out activation store or vector file, for an evaluation without a language model; null for none.</summary>
    public string? EvalActivations { get; init; }

    /// <summary>Gets at which token the evaluation ends, with the window or vector that reaches it; null for all there are.</summary>
    public long? EvalTokens { get; init; }

    /// <summary>Gets knobs of <c>config.json</c> that hold for every SAE, such as "batch" and "recipe".</summary>
    public IReadOnlyDictionary<string, JsonElement> Settings { get; init; } = new Dictionary<string, JsonElement>(StringComparer.Ordinal);

    /// <summary>Gets knobs of <c>config.json</c> that hold for one method, by the method's name; they win over <see cref="Settings"/>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>> MethodSettings { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, JsonElement>>(StringComparer.Ordinal);
}

namespace Saltus.Lm.Models;

/// <summary>What a run is asked for. It stops after the last place that anything here needs.</summary>
public sealed record ModelRun
{
    /// <summary>Gets a run that is asked for nothing.</summary>
    public static ModelRun Empty { get; } = new();

    /// <summary>Gets the sites to read.</summary>
    public IReadOnlyList<Tap> Taps { get; init; } = [];

    /// <summary>Gets the sites to replace; of several at one site each sees what the one before left.</summary>
    public IReadOnlyList<Edit> Edits { get; init; } = [];

    /// <summary>Gets who is given the final norm's output [tokens, d], from which <see cref="LanguageModel.ComputeLogits"/> makes logits.</summary>
    public ActivationReader? FinalNorm { get; init; }

    /// <summary>Gets who is given the logits.</summary>
    public LogitsReader? Logits { get; init; }
}

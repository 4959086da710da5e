namespace Saltus.Evaluation;

/// <summary>What SAEBench's core evaluation says of the language model, by its own rules: means over the tokens that count, zeros at every position.</summary>
/// <param name="Tokens">Tokens read, special ones included.</param>
/// <param name="Batches">Batches of prompts.</param>
/// <param name="KlWithSae">KL(clean ‖ spliced), nats.</param>
/// <param name="KlWithAblation">KL(clean ‖ zeros), nats.</param>
/// <param name="LossWithoutSae">Cross-entropy of the clean model, nats.</param>
/// <param name="LossWithSae">Spliced.</param>
/// <param name="LossWithAblation">With zeros.</param>
public sealed record SaeBenchLosses(
    long Tokens, int Batches, double KlWithSae, double KlWithAblation, double LossWithoutSae, double LossWithSae, double LossWithAblation)
{
    /// <summary>Gets (KL of ablation − KL of the SAE) / KL of ablation.</summary>
    public double KlScore => (KlWithAblation - KlWithSae) / KlWithAblation;

    /// <summary>Gets (ablation − SAE) / (ablation − clean), of losses.</summary>
    public double LossScore => (LossWithAblation - LossWithSae) / (LossWithAblation - LossWithoutSae);
}

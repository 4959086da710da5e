namespace Saltus.Formats;

/// <summary>How a SAELens folder held what was folded into weights when it was read.</summary>
/// <param name="Architecture">Its architecture: gated, topk or abstopk.</param>
/// <param name="Rescales">Whether latents are rescaled by decoder norms.</param>
/// <param name="SubtractsBias">Whether the decoder bias is subtracted from the input.</param>
/// <param name="Weights">The file whose tensors are those of an SAE for inference as they lie; null where training's scale or norms were folded in for good.</param>
internal sealed record SaeLensOrigin(string Architecture, bool Rescales, bool SubtractsBias, string? Weights);

using Saltus.Autoencoders;

namespace Saltus.Training;

/// <summary>What a trained method is at inference, in training units: π = x·(W_enc ⊙ s) + b, f = activation(π).</summary>
/// <param name="Activation">What turns pre-activations into latents.</param>
/// <param name="EncoderBias">b, [M]; not copied.</param>
/// <param name="EncoderFactors">s, [M]; null for 1.</param>
internal sealed record InferenceForm(Activation Activation, float[] EncoderBias, float[]? EncoderFactors = null);

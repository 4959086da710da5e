namespace Saltus.Autoencoders;

/// <summary>Keeps the k largest pre-activations of each vector (arXiv 2406.04093).</summary>
/// <param name="K">How many are kept, 1 … M.</param>
/// <param name="Relu">Where negative values are cut: before or after the choice, or not at all.</param>
public sealed record TopKActivation(int K, TopKRelu Relu) : Activation;

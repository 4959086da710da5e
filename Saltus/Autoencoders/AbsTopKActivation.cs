namespace Saltus.Autoencoders;

/// <summary>Keeps the k pre-activations of largest magnitude of each vector, with their sign.</summary>
/// <param name="K">How many are kept, 1 … M.</param>
public sealed record AbsTopKActivation(int K) : Activation;

namespace Saltus.Autoencoders;

/// <summary>Cuts the latents into k groups of neighbours and keeps the largest of each group where it is positive.</summary>
/// <param name="K">Number of groups; divides M.</param>
public sealed record GroupMaxActivation(int K) : Activation;

namespace Saltus.Autoencoders;

/// <summary>What turns pre-activations π into latent activations f.</summary>
public abstract record Activation;

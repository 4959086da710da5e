namespace Saltus.Formats;

/// <summary>An explanation of a latent.</summary>
/// <param name="Text">1 to 512 characters.</param>
/// <param name="Method">The name of the method; null where it is not said.</param>
/// <param name="Model">The model that explained; null where it is not said.</param>
public sealed record NeuronpediaExplanation(string Text, string? Method = null, string? Model = null);

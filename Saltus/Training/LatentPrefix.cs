namespace Saltus.Training;

/// <summary>One level of a Matryoshka loss (arXiv 2503.17547): the squared error of what the first latents alone reconstruct.</summary>
/// <param name="Latents">How many latents from the first on.</param>
/// <param name="Weight">Weight of the level's reconstruction loss.</param>
public readonly record struct LatentPrefix(int Latents, double Weight);

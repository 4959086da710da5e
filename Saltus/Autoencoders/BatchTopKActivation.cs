namespace Saltus.Autoencoders;

/// <summary>
/// Keeps the ⌊k · B⌋ largest rectified pre-activations of all B vectors that are encoded together (BatchTopK as it trains, arXiv 2412.06410).
/// Only training checkpoints have it: for inference a threshold takes its place.
/// </summary>
/// <param name="K">How many a vector are kept on average, above 0 and at most M; need not be whole.</param>
public sealed record BatchTopKActivation(double K) : Activation;

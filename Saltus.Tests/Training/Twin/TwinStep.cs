namespace Saltus.Tests.Training.Twin;

/// <summary>What one optimiser step saw and did.</summary>
/// <param name="Pass">Losses, latents and raw gradients, all before the update.</param>
/// <param name="UsedGradients">What Adam received: without the component along each decoder row, then clipped.</param>
/// <param name="LearningRate">In force in this step.</param>
/// <param name="Coefficient">Sparsity coefficient in force in this step.</param>
/// <param name="ThresholdAverage">The running threshold after this step.</param>
internal sealed record TwinStep(TwinPass Pass, NamedTensors UsedGradients, double LearningRate, double Coefficient, double ThresholdAverage);

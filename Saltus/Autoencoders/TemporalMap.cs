using Saltus.Tensors;

namespace Saltus.Autoencoders;

/// <summary>One linear map of a temporal SAE's attention: y = W·x + b.</summary>
/// <param name="Weight">W, [outputs, inputs].</param>
/// <param name="Bias">b, [outputs].</param>
internal readonly record struct TemporalMap(Matrix Weight, float[] Bias);

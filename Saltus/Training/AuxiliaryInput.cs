using Saltus.Tensors;

namespace Saltus.Training;

/// <summary>What the AuxK loss reads of a step.</summary>
/// <param name="Context">The step, with silence up to date.</param>
/// <param name="Centred">The encoder's input, [B, d].</param>
/// <param name="Target">What is reconstructed, up to a constant, [B, d_out].</param>
/// <param name="OutputGradient">∂L/∂x̂ of each level, [B, d_out]: the last holds 2 w_b ω (x̂ − y).</param>
/// <param name="RowWeight">w_b, [B].</param>
/// <param name="LevelWeight">ω of the last level.</param>
/// <param name="RankFactors">By which pre-activations are ranked, [M]; empty for 1.</param>
internal readonly record struct AuxiliaryInput(
    StepContext Context,
    Matrix Centred,
    Matrix Target,
    Matrix[] OutputGradient,
    double[] RowWeight,
    double LevelWeight,
    ReadOnlyMemory<float> RankFactors);

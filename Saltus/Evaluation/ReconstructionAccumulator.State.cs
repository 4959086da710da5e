using Saltus.Training;

namespace Saltus.Evaluation;

/// <content>What a checkpoint holds of the sums.</content>
public sealed partial class ReconstructionAccumulator
{
    /// <summary>Puts every sum onto the list of what a checkpoint holds.</summary>
    /// <param name="state">The list.</param>
    internal void AddState(TrainingState state)
    {
        _input.AddState(state, "input");
        _error.AddState(state, "error");
        Latents.AddState(state);
        state.AddNumber("vectors.active", () => _active, value => _active = value);
        state.AddNumber("vectors.activation_sum", () => _activationSum, value => _activationSum = value);
        state.AddNumber("vectors.error_squared", () => _errorSquared, value => _errorSquared = value);
        state.AddNumber("vectors.error_norm", () => _errorNorm, value => _errorNorm = value);
        state.AddNumber("vectors.input_squared", () => _inputSquared, value => _inputSquared = value);
        state.AddNumber("vectors.output_squared", () => _outputSquared, value => _outputSquared = value);
        state.AddNumber("vectors.product", () => _product, value => _product = value);
        state.AddNumber("vectors.cosine", () => _cosine, value => _cosine = value);
        state.AddNumber("vectors.ratio", () => _ratio, value => _ratio = value);
        state.AddNumber("vectors.input_norm", () => _inputNorm, value => _inputNorm = value);
        state.AddNumber("vectors.output_norm", () => _outputNorm, value => _outputNorm = value);
        state.AddNumber("vectors.deviation", () => _deviation, value => _deviation = value);
        state.AddNumber("vectors.explained_per_token", () => _explainedPerToken, value => _explainedPerToken = value);
        state.AddCount("vectors.ratio_count", () => _ratioCount, value => _ratioCount = value);
    }
}

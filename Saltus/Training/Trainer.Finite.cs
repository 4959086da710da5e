namespace Saltus.Training;

/// <content>Numbers gone wrong: found at the step, with the tensor and the latent named.</content>
public sealed partial class Trainer
{
    /// <summary>Refuses to go on with NaN or infinity in any weight.</summary>
    /// <exception cref="InputException">There is one; the message names tensor and latent.</exception>
    internal void CheckWeights()
    {
        if (FindInWeights() is string where)
        {
            throw WeightsNotFinite(where);
        }
    }

    /// <summary>The look after each step: a latent whose gradient went wrong has it in its bias or threshold too, and those are few.</summary>
    private void CheckBiases()
    {
        if (FindInBiases() is string where)
        {
            throw WeightsNotFinite(where);
        }
    }

    private InputException LossNotFinite(double reconstruction, double sparsity, double auxiliary)
    {
        string cause = FindInBatch() ?? FindInWeights() ?? "inputs and weights are finite, so the sum overflowed";
        return new InputException(
            $"training step {Steps}: the loss is not finite (reconstruction {reconstruction}, sparsity {sparsity}, auxiliary {auxiliary}): {cause}; " +
            "look for NaN or infinity in the activations, or lower the learning rate");
    }

    private InputException WeightsNotFinite(string where) => new(
        $"after training step {Steps - 1}: expected finite weights, found {where}; lower the learning rate, or clip the gradient's norm");

    private string? FindInBatch()
    {
        ActivationBatch batch = _batch!;
        for (int row = 0; row < batch.Count; row++)
        {
            ReadOnlySpan<float> vector = batch.Vectors.Row(row);
            int column = FiniteValues.FindFirstBeyond(vector, float.MaxValue);
            if (column >= 0)
            {
                string origin = batch.Documents[row] < 0 ? string.Empty : $" (document {batch.Documents[row]}, position {batch.Positions[row]}, token {batch.Tokens[row]})";
                return $"vector {row} of the batch{origin}, column {column}: {vector[column]}";
            }
        }

        return null;
    }

    private string? FindInBiases() =>
        TrainingState.FindNonFinite("encoder_bias", Parameters.EncoderBias)
        ?? FindInExtras()
        ?? TrainingState.FindNonFinite("decoder_bias", Parameters.DecoderBias);

    private string? FindInWeights() => FindInBiases()
        ?? TrainingState.FindNonFinite("encoder_weights", Parameters.EncoderWeights)
        ?? TrainingState.FindNonFinite("decoder_weights", Parameters.DecoderWeights)
        ?? (Parameters.SkipWeights is null ? null : TrainingState.FindNonFinite("skip_weights", Parameters.SkipWeights));

    private string? FindInExtras()
    {
        for (int extra = 0; extra < _method.ExtraNames.Count; extra++)
        {
            if (TrainingState.FindNonFinite(_method.ExtraNames[extra], Parameters.Extras[extra]) is string where)
            {
                return where;
            }
        }

        return null;
    }
}

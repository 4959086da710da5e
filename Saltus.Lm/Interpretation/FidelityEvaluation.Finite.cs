using Saltus.Autoencoders;
using Saltus.Evaluation;
using Saltus.Lm.Activations;
using Saltus.Tensors;
using Saltus.Training;

namespace Saltus.Lm.Interpretation;

/// <content>Numbers gone wrong: the first one ends the evaluation, with its place named.</content>
public sealed partial class FidelityEvaluation
{
    /// <summary>Refuses vectors, latents and reconstructions that are not finite; the sums of each vector tell.</summary>
    private void CheckVectors(WindowBatch batch, ReadOnlySpan<VectorMeasures> measures, Matrix x, SparseActivations activations, Matrix reconstruction)
    {
        for (int row = 0; row < measures.Length; row++)
        {
            VectorMeasures vector = measures[row];
            if (double.IsFinite(vector.InputSquared + vector.ErrorSquared + vector.ActivationSum))
            {
                continue;
            }

            int column = FiniteValues.FindFirstBeyond(x.Row(row), float.MaxValue);
            if (column >= 0)
            {
                throw NotFinite(batch, batch.CountedRows[row], $"the model's vector has {x.Row(row)[column]} in column {column}: the model's own numbers overflow there");
            }

            int entry = FiniteValues.FindFirstBeyond(activations.ValuesOf(row), float.MaxValue);
            if (entry >= 0)
            {
                throw NotFinite(batch, batch.CountedRows[row], $"latent {activations.LatentsOf(row)[entry]} of the SAE is {activations.ValuesOf(row)[entry]}");
            }

            column = FiniteValues.FindFirstBeyond(reconstruction.Row(row), float.MaxValue);
            throw NotFinite(batch, batch.CountedRows[row], $"the SAE's reconstruction has {reconstruction.Row(row)[column]} in column {column}");
        }
    }

    private void CheckLosses(WindowBatch batch, ReadOnlySpan<NextTokenLoss> losses)
    {
        for (int i = 0; i < losses.Length; i++)
        {
            if (!double.IsFinite(losses[i].Clean))
            {
                throw NotFinite(batch, batch.PredictingRows[i], $"the model's loss is {losses[i].Clean}: its own numbers overflow there");
            }

            if (!double.IsFinite(losses[i].Changed + losses[i].Kl))
            {
                throw NotFinite(batch, batch.PredictingRows[i], $"the loss with the reconstruction in place is {losses[i].Changed}, the divergence {losses[i].Kl}");
            }
        }
    }

    private InputException NotFinite(WindowBatch batch, int row, string what)
    {
        int window = batch.Windows.Count - 1;
        while (batch.Tokens.Start(window) > row)
        {
            window--;
        }

        TokenWindow found = batch.Windows[window];
        int position = row - batch.Tokens.Start(window);
        return new InputException(
            $"evaluation at {_site}, document {found.Document}, position {found.DocumentPosition(position)}, token {found.Ids[position]}: expected finite numbers, but {what}; check model and SAE");
    }
}

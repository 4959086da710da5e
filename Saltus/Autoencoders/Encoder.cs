using System.Numerics.Tensors;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Autoencoders;

/// <summary>Encoding for inference: thresholds through the fused kernel, choices of k over blocks of dense pre-activations.</summary>
/// <param name="sae">Whose weights are used.</param>
internal sealed class Encoder(SparseAutoencoder sae)
{
    /// <summary>Vectors whose dense pre-activations exist at once where an activation needs whole rows.</summary>
    private const int BlockRows = 256;

    public SparseActivations Encode(WorkTeam team, Matrix x)
    {
        using Matrix? transformed = sae.Transform == InputTransform.None ? null : InputTransforms.Apply(sae.Transform, x);
        SparseActivations result = new(sae.Latents);
        if (sae.Activation is JumpReluActivation jump)
        {
            float[] floors = Array.ConvertAll(jump.Thresholds, threshold => Math.Max(threshold, 0));
            if (sae.EncoderColumns is not null)
            {
                return ColumnEncode.Encode(team, transformed ?? x, sae.EncoderColumns, sae.EncoderBias, floors);
            }

            // Screening keeps an 8-bit copy of all weights: those of a mapped file are not copied.
            using ScreenedEncode kernel = new() { Mode = sae.IsMapped ? ScreenMode.Never : ScreenMode.Automatic };
            kernel.Encode(team, transformed ?? x, sae.EncoderWeights, sae.EncoderBias, floors, result);
        }
        else if (sae.Activation is BatchTopKActivation batch)
        {
            using Matrix pre = new(x.Rows, sae.Latents);
            Dense(team, transformed ?? x, pre);
            Fill(result, BatchSelection.Choose(pre, batch.K));
        }
        else
        {
            Choose(team, transformed ?? x, result);
        }

        return result;
    }

    public Matrix PreActivations(WorkTeam team, Matrix x)
    {
        using Matrix? transformed = sae.Transform == InputTransform.None ? null : InputTransforms.Apply(sae.Transform, x);
        Matrix result = new(x.Rows, sae.Latents);
        Dense(team, transformed ?? x, result);
        return result;
    }

    private void Dense(WorkTeam team, Matrix input, Matrix result)
    {
        MatMul.Multiply(team, input, sae.EncoderRows, result);
        team.Run(result.Rows, row => TensorPrimitives.Add(result.Row(row), sae.EncoderBias, result.Row(row)));
    }

    private void Choose(WorkTeam team, Matrix input, SparseActivations result)
    {
        (int Latent, float Value)[][] rows = new (int, float)[input.Rows][];
        for (int first = 0; first < input.Rows; first += BlockRows)
        {
            int count = Math.Min(BlockRows, input.Rows - first);
            int offset = first;
            using Matrix block = Matrix.FromRows(count, input.Columns, input.RowRange(first, count));
            using Matrix pre = new(count, sae.Latents);
            Dense(team, block, pre);
            team.Run(count, row => rows[offset + row] = Selection.Choose(pre.Row(row), sae.Activation));
        }

        Fill(result, rows);
    }

    private static void Fill(SparseActivations result, (int Latent, float Value)[][] rows)
    {
        result.Shape(Array.ConvertAll(rows, row => row.Length));
        for (int row = 0; row < rows.Length; row++)
        {
            Span<int> latents = result.MutableLatentsOf(row);
            Span<float> values = result.ValuesOf(row);
            for (int i = 0; i < latents.Length; i++)
            {
                (latents[i], values[i]) = rows[row][i];
            }
        }
    }
}

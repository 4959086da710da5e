using Saltus.Autoencoders;
using Saltus.Tensors;

namespace Saltus.Kernels;

/// <summary>
/// π = x·Wᵀ + b with the comparison π &gt; floor fused into the product: the [B, M] pre-activations never exist in memory.
/// x [B, d], W [M, d], b and floor [M]; result: the entries above their latent's floor.
/// Called by encoding (floor = θ) and by the training step (floor = θ − bandwidth/2, so that the kernel's band is kept).
/// </summary>
public sealed class ThresholdEncode : IDisposable
{
    /// <summary>Computes the surviving entries.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="x">Vectors, [B, d].</param>
    /// <param name="weights">W, [M, d].</param>
    /// <param name="bias">b, [M].</param>
    /// <param name="floors">The floor of each latent, [M]; strict; −∞ keeps everything.</param>
    /// <param name="result">Entries with π &gt; floor; its value is π.</param>
    public void Encode(WorkTeam team, Matrix x, Matrix weights, ReadOnlyMemory<float> bias, ReadOnlyMemory<float> floors, SparseActivations result)
    {
        using Matrix pre = new(x.Rows, weights.Rows);
        MatMul.Multiply(team, x, new MatrixRows(weights), pre);
        int[] counts = new int[x.Rows];
        for (int row = 0; row < x.Rows; row++)
        {
            for (int i = 0; i < weights.Rows; i++)
            {
                counts[row] += pre.Row(row)[i] + bias.Span[i] > floors.Span[i] ? 1 : 0;
            }
        }

        result.Shape(counts);
        for (int row = 0; row < x.Rows; row++)
        {
            int next = 0;
            for (int i = 0; i < weights.Rows; i++)
            {
                float value = pre.Row(row)[i] + bias.Span[i];
                if (value > floors.Span[i])
                {
                    result.MutableLatentsOf(row)[next] = i;
                    result.ValuesOf(row)[next++] = value;
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

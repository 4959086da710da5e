using Saltus.Autoencoders;
using Saltus.Tensors;

namespace Saltus.Tests.Support;

/// <summary>Dense activations as sparse ones.</summary>
internal static class Sparse
{
    /// <summary>Keeps what is not zero, from rows first … first + count − 1.</summary>
    public static SparseActivations FromDense(Matrix dense, int first, int count)
    {
        SparseActivations result = new(dense.Columns);
        int[] counts = new int[count];
        for (int row = 0; row < count; row++)
        {
            counts[row] = dense.Columns - dense.Row(first + row).Count(0f);
        }

        result.Shape(counts);
        for (int row = 0; row < count; row++)
        {
            int next = 0;
            for (int latent = 0; latent < dense.Columns; latent++)
            {
                if (dense.Row(first + row)[latent] != 0)
                {
                    result.MutableLatentsOf(row)[next] = latent;
                    result.ValuesOf(row)[next++] = dense.Row(first + row)[latent];
                }
            }
        }

        return result;
    }
}

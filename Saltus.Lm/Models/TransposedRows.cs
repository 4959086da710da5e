using Saltus.Formats;
using Saltus.Kernels;

namespace Saltus.Lm.Models;

/// <summary>The columns of a tensor [in, out] as weight rows [out, in]: read where they lie, a few outputs of every input at a time.</summary>
/// <param name="source">The open file.</param>
/// <param name="tensor">A tensor of it with two dimensions.</param>
internal sealed class TransposedRows(ITensorSource source, TensorInfo tensor) : IWeightRows
{
    // What is read of one input at a time: a line of cache at least, and little enough for the stack.
    private const int LargestStep = 64;

    /// <inheritdoc/>
    public int Rows { get; } = (int)tensor.Shape[1];

    /// <inheritdoc/>
    public int Columns { get; } = (int)tensor.Shape[0];

    /// <inheritdoc/>
    public void ReadRows(int first, int count, Span<float> destination)
    {
        Span<float> outputs = stackalloc float[LargestStep];
        for (int start = 0; start < count; start += LargestStep)
        {
            Span<float> part = outputs[..Math.Min(LargestStep, count - start)];
            for (int input = 0; input < Columns; input++)
            {
                source.ReadFloat32(tensor, ((long)input * Rows) + first + start, part);
                for (int i = 0; i < part.Length; i++)
                {
                    destination[((start + i) * Columns) + input] = part[i];
                }
            }
        }
    }
}

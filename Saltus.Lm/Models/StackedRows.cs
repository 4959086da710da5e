using Saltus.Kernels;

namespace Saltus.Lm.Models;

/// <summary>Several weight matrices of equal columns, one under the other, so that one product serves them all.</summary>
/// <param name="parts">The matrices, from the top.</param>
internal sealed class StackedRows(IReadOnlyList<IWeightRows> parts) : IWeightRows
{
    /// <inheritdoc/>
    public int Rows { get; } = parts.Sum(part => part.Rows);

    /// <inheritdoc/>
    public int Columns { get; } = parts[0].Columns;

    /// <inheritdoc/>
    public void ReadRows(int first, int count, Span<float> destination)
    {
        int end = first + count;
        int start = 0;
        foreach (IWeightRows part in parts)
        {
            int from = Math.Max(first, start);
            int to = Math.Min(end, start + part.Rows);
            if (from < to)
            {
                part.ReadRows(from - start, to - from, destination.Slice((from - first) * Columns, (to - from) * Columns));
            }

            start += part.Rows;
        }
    }
}

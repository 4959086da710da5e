using Saltus.Tensors;

namespace Saltus.Training;

/// <summary>The rows of a matrix in their order, again and again without end.</summary>
/// <param name="vectors">[n, d], n at least 1; not disposed with the source.</param>
/// <param name="firstRow">The first of the rows that are given.</param>
public sealed class CyclicSource(Matrix vectors, int firstRow = 0) : IActivationSource
{
    private long _next;

    /// <inheritdoc/>
    public int Width => vectors.Columns;

    /// <inheritdoc/>
    public long? Length => null;

    /// <inheritdoc/>
    public void Read(ActivationBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        for (int row = 0; row < batch.Capacity; row++)
        {
            vectors.Row(firstRow + (int)(_next++ % (vectors.Rows - firstRow))).CopyTo(batch.Vectors.Row(row));
        }

        batch.ClearOrigin(0, batch.Capacity);
        batch.Count = batch.Capacity;
    }

    /// <inheritdoc/>
    public long Skip(long count)
    {
        _next += count;
        return count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

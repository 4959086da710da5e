using Saltus.Tensors;

namespace Saltus.Training;

/// <summary>Activation vectors with where each comes from; a buffer that its reader fills again and again.</summary>
/// <param name="capacity">Rows that fit.</param>
/// <param name="width">d.</param>
public sealed class ActivationBatch(int capacity, int width) : IDisposable
{
    /// <summary>Gets the vectors, [capacity, d]; the first <see cref="Count"/> rows are valid.</summary>
    public Matrix Vectors { get; } = new(capacity, width);

    /// <summary>Gets the index of each vector's document, [capacity]; −1 where unknown.</summary>
    public int[] Documents { get; } = new int[capacity];

    /// <summary>Gets the index of each vector's token among its document's tokens (a BOS put in front of a window is not one), [capacity]; −1 where unknown.</summary>
    public int[] Positions { get; } = new int[capacity];

    /// <summary>Gets each vector's token id, [capacity]; −1 where unknown.</summary>
    public int[] Tokens { get; } = new int[capacity];

    /// <summary>Gets or sets the number of valid rows.</summary>
    public int Count { get; set; }

    /// <summary>Gets the number of rows that fit.</summary>
    public int Capacity => Vectors.Rows;

    /// <summary>Copies one row of another batch, its origin included.</summary>
    /// <param name="row">Row of this batch.</param>
    /// <param name="source">The other batch, of the same width.</param>
    /// <param name="sourceRow">Row of the other batch.</param>
    internal void CopyRow(int row, ActivationBatch source, int sourceRow)
    {
        source.Vectors.Row(sourceRow).CopyTo(Vectors.Row(row));
        Documents[row] = source.Documents[sourceRow];
        Positions[row] = source.Positions[sourceRow];
        Tokens[row] = source.Tokens[sourceRow];
    }

    /// <summary>Says that nobody knows where some rows come from.</summary>
    /// <param name="first">First row.</param>
    /// <param name="count">Number of rows.</param>
    internal void ClearOrigin(int first, int count)
    {
        Documents.AsSpan(first, count).Fill(-1);
        Positions.AsSpan(first, count).Fill(-1);
        Tokens.AsSpan(first, count).Fill(-1);
    }

    /// <inheritdoc/>
    public void Dispose() => Vectors.Dispose();
}

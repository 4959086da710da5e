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

    /// <summary>Gets the position of each vector's token within its document (special tokens not counted), [capacity]; −1 where unknown.</summary>
    public int[] Positions { get; } = new int[capacity];

    /// <summary>Gets each vector's token id, [capacity]; −1 where unknown.</summary>
    public int[] Tokens { get; } = new int[capacity];

    /// <summary>Gets or sets the number of valid rows.</summary>
    public int Count { get; set; }

    /// <summary>Gets the number of rows that fit.</summary>
    public int Capacity => Vectors.Rows;

    /// <inheritdoc/>
    public void Dispose() => Vectors.Dispose();
}

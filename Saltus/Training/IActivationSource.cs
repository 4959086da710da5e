namespace Saltus.Training;

/// <summary>
/// Where activation vectors come from: a live language model, a store on disk, own vectors, synthetic ground truth. Whoever reads cannot
/// tell them apart. The same source with the same settings gives the same vectors in the same order.
/// </summary>
public interface IActivationSource : IDisposable
{
    /// <summary>Gets the width of the vectors, d.</summary>
    int Width { get; }

    /// <summary>Gets how many vectors there are in one pass; null where that is not known in advance.</summary>
    long? Length { get; }

    /// <summary>Fills the batch from its first row on, as far as vectors last.</summary>
    /// <param name="batch">Overwritten; its count says how many rows were filled, 0 at the end.</param>
    void Read(ActivationBatch batch);
}

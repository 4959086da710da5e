namespace Saltus.Training;

/// <summary>
/// Where activation vectors come from: a live language model, a store on disk, own vectors, synthetic ground truth. Whoever reads cannot
/// tell them apart. The same source with the same settings gives the same vectors in the same order, whatever the sizes of the batches.
/// </summary>
public interface IActivationSource : IDisposable
{
    /// <summary>Gets the width of the vectors, d.</summary>
    int Width { get; }

    /// <summary>Gets how many vectors there are from the start to the end; null where that is not known in advance.</summary>
    long? Length { get; }

    /// <summary>Fills the batch from its first row on, as far as vectors last.</summary>
    /// <param name="batch">Overwritten; its count says how many rows were filled, 0 at the end.</param>
    void Read(ActivationBatch batch);

    /// <summary>
    /// Passes over vectors as if they had been read: a resumed run skips what it has seen. Sources that can do so without computing or
    /// reading the vectors have their own way; the others read and forget.
    /// </summary>
    /// <param name="count">How many vectors.</param>
    /// <returns>How many were passed over: fewer than asked only at the end.</returns>
    long Skip(long count) => ActivationSources.ReadAndForget(this, count);
}

using Saltus.Formats;
using Saltus.Training;

namespace Saltus.Lm.Activations;

/// <summary>
/// A folder of activation vectors on disk: safetensors shards (<c>activations</c> [n, d]; <c>document</c>, <c>position</c>, <c>token</c> [n]) with
/// an <c>index.json</c>. Any tool can read it.
/// </summary>
public sealed class ActivationStore
{
    internal const string VectorsName = "activations";
    internal const string DocumentName = "document";
    internal const string PositionName = "position";
    internal const string TokenName = "token";

    private readonly string _folder;

    private ActivationStore(string folder, ActivationStoreIndex index)
    {
        _folder = folder;
        Index = index;
    }

    /// <summary>Gets what the store holds.</summary>
    public ActivationStoreIndex Index { get; }

    /// <summary>Opens a store: reads its index and looks whether the shards are there and as long as it says.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The store. Checksums are compared when a shard is first read.</returns>
    /// <exception cref="InputException">There is no store, it is not complete, or a shard is missing or cut short.</exception>
    public static ActivationStore Open(string folder)
    {
        ActivationStoreIndex index = ActivationStoreIndex.Read(folder);
        if (!index.Complete)
        {
            throw new ActivationStoreException(
                ActivationStoreError.Incomplete, $"'{folder}': expected a whole activation store, found an interrupted harvest of {index.Count} vectors; run the same harvest again to go on");
        }

        CheckFiles(folder, index);
        return new ActivationStore(folder, index);
    }

    /// <summary>Reads the vectors.</summary>
    /// <param name="order">In which order, and how many; null: as they were harvested, once. A random order permutes the shards and the vectors within each.</param>
    /// <returns>A source; one shard is open at a time.</returns>
    public IActivationSource OpenSource(ReadingOrder? order = null) => new BlockSource(new ShardBlocks(_folder, Index), order ?? ReadingOrder.Sequential);

    internal static void CheckFiles(string folder, ActivationStoreIndex index)
    {
        foreach (StoreShard shard in index.Shards)
        {
            CheckFile(folder, shard);
        }
    }

    /// <summary>Looks whether a shard is there and as long as the index says.</summary>
    internal static void CheckFile(string folder, StoreShard shard)
    {
        string path = Path.Combine(folder, shard.File);
        FileInfo file = new(path);
        if (!file.Exists)
        {
            throw new ActivationStoreException(ActivationStoreError.MissingShard, $"'{path}': expected a shard of {shard.Rows} vectors, found no such file; harvest again");
        }

        if (file.Length != shard.Bytes)
        {
            throw new ActivationStoreException(ActivationStoreError.DamagedShard, $"'{path}': expected {shard.Bytes} bytes, found {file.Length}; harvest again");
        }
    }

    /// <summary>Reads a whole shard and compares its checksum.</summary>
    internal static void CheckChecksum(string folder, StoreShard shard)
    {
        string path = Path.Combine(folder, shard.File);
        string checksum = FileChecksum.Compute(path);
        if (checksum != shard.Checksum)
        {
            throw new ActivationStoreException(
                ActivationStoreError.DamagedShard, $"'{path}': expected the checksum {shard.Checksum}, found {checksum}: the shard is damaged; harvest again");
        }
    }
}

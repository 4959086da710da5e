namespace Saltus.Lm.Activations;

/// <summary>What is wrong with a store of activations.</summary>
public enum ActivationStoreError
{
    /// <summary>The folder holds no index.</summary>
    NotAStore,

    /// <summary>The index says something that cannot be.</summary>
    BadIndex,

    /// <summary>The harvest was interrupted; it can be gone on with.</summary>
    Incomplete,

    /// <summary>The store was made with other settings than those asked for.</summary>
    OtherSettings,

    /// <summary>The folder holds files that are not a store.</summary>
    FolderInUse,

    /// <summary>A shard is missing.</summary>
    MissingShard,

    /// <summary>Length or checksum of a shard is not what the index says.</summary>
    DamagedShard,

    /// <summary>A shard's tensors are not those that the index promises.</summary>
    WrongTensor,

    /// <summary>A value that is not finite, or not in the store's element type.</summary>
    NotFinite,
}

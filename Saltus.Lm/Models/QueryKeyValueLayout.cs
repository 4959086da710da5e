namespace Saltus.Lm.Models;

/// <summary>How queries, keys and values lie in the file.</summary>
public enum QueryKeyValueLayout
{
    /// <summary>Three tensors.</summary>
    Separate,

    /// <summary>One tensor: the queries of all heads, then the keys, then the values.</summary>
    Fused,

    /// <summary>One tensor: for each head its query, key and value.</summary>
    FusedByHead,
}

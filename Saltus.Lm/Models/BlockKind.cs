namespace Saltus.Lm.Models;

/// <summary>How attention, MLP and their norms are joined in a block; x enters, y leaves.</summary>
public enum BlockKind
{
    /// <summary>m = x + attn(n1(x)), y = m + mlp(n2(m)).</summary>
    Sequential,

    /// <summary>m = x + n2(attn(n1(x))), y = m + n4(mlp(n3(m))).</summary>
    Sandwich,

    /// <summary>m = x + n1(attn(x)), y = m + n2(mlp(m)).</summary>
    PostNorm,

    /// <summary>y = x + attn(n1(x)) + mlp(n2(x)).</summary>
    Parallel,

    /// <summary>y = x + attn(n1(x)) + mlp(n1(x)).</summary>
    ParallelSharedNorm,
}

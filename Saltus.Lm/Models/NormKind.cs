namespace Saltus.Lm.Models;

/// <summary>How a norm is computed.</summary>
public enum NormKind
{
    /// <summary>(x − mean)/√(var + eps)·w + b.</summary>
    LayerNorm,

    /// <summary>x/√(mean x² + eps)·w.</summary>
    Rms,

    /// <summary>x/√(mean x² + eps)·(1 + w).</summary>
    RmsPlusOne,
}

namespace Saltus.Kernels;

/// <summary>How a kernel is written. All variants of a kernel give the same bits.</summary>
public enum KernelVariant
{
    /// <summary>The plain loop: the definition.</summary>
    Plain,

    /// <summary>On <see cref="System.Numerics.Vector{T}"/>: as wide as the runtime makes it, on any processor.</summary>
    Vector,

    /// <summary>On 512-bit vectors.</summary>
    Vector512,
}

using System.Runtime.Intrinsics;

namespace Saltus.Kernels;

/// <summary>
/// The kernels that exist in more than one variant, and the switch that forces one of them on the whole process. Tests hold the variants
/// of each line against one another, benchmarks measure them. Results do not depend on the switch, only their time does.
/// </summary>
internal static class KernelTable
{
    private static readonly ProductTile[] s_tiles = [new PlainTile(), new VectorTile(), new Vector512Tile()];
    private static KernelVariant? s_forced;

    /// <summary>Gets the table.</summary>
    public static IReadOnlyList<KernelEntry> Entries { get; } =
    [
        new(nameof(ProductTile), [KernelVariant.Plain, KernelVariant.Vector, KernelVariant.Vector512]),
        new(nameof(Reductions), [KernelVariant.Plain, KernelVariant.Vector]),
        new(nameof(Axpy), [KernelVariant.Plain, KernelVariant.Vector]),
        new(nameof(SparseDecode), [KernelVariant.Plain, KernelVariant.Vector]),
        new(nameof(Adam), [KernelVariant.Plain, KernelVariant.Vector]),
        new(nameof(Int8Tile), [KernelVariant.Plain, KernelVariant.Vector]),
        new(nameof(ExactPairs), [KernelVariant.Plain, KernelVariant.Vector]),
    ];

    /// <summary>Gets the variants that this processor runs at full speed, and the plain one.</summary>
    public static IReadOnlyList<KernelVariant> Supported =>
        Vector512.IsHardwareAccelerated ? [KernelVariant.Plain, KernelVariant.Vector, KernelVariant.Vector512] : [KernelVariant.Plain, KernelVariant.Vector];

    /// <summary>Gets the forced variant; null for the best of each kernel.</summary>
    public static KernelVariant? Forced => s_forced;

    /// <summary>Gets whether the plain loops are forced.</summary>
    public static bool IsPlain => s_forced == KernelVariant.Plain;

    /// <summary>Gets the tile of dense products. A product takes it once: its packing and its tile belong together.</summary>
    public static ProductTile Tile => s_tiles[(int)(s_forced ?? (Vector512.IsHardwareAccelerated ? KernelVariant.Vector512 : KernelVariant.Vector))];

    /// <summary>Forces one variant wherever a kernel has it; elsewhere the next below runs.</summary>
    /// <param name="variant">The variant; null for the best again.</param>
    /// <exception cref="ArgumentException">This processor does not have it.</exception>
    public static void Force(KernelVariant? variant)
    {
        if (variant is { } wanted && !Supported.Contains(wanted))
        {
            throw new ArgumentException($"kernels: expected one of {string.Join(", ", Supported)}, which this processor has, got {wanted}", nameof(variant));
        }

        s_forced = variant;
    }
}

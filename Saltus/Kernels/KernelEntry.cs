namespace Saltus.Kernels;

/// <summary>A line of the table of kernels.</summary>
/// <param name="Kernel">The kernel's type.</param>
/// <param name="Variants">Its variants, the definition first, the preferred last.</param>
internal sealed record KernelEntry(string Kernel, IReadOnlyList<KernelVariant> Variants);

using Saltus.Kernels;

namespace Saltus.Tests.Kernels;

/// <summary>Tests that force a variant of the kernels on the whole process: they run alone, one after another.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class KernelSwitch
{
    public const string Name = "kernel switch";

    /// <summary>Runs an action once with each variant that this processor has.</summary>
    /// <param name="action">Gets the variant.</param>
    internal static void ForEach(Action<KernelVariant> action)
    {
        foreach (KernelVariant variant in KernelTable.Supported)
        {
            KernelTable.Force(variant);
            try
            {
                action(variant);
            }
            finally
            {
                KernelTable.Force(null);
            }
        }
    }
}

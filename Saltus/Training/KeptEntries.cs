namespace Saltus.Training;

/// <summary>The gradient of a choice: what is kept passes its slope on, what is not passes nothing.</summary>
internal static class KeptEntries
{
    /// <summary>Sets the gradients of one latent's entries.</summary>
    /// <param name="entries">The entries.</param>
    public static void Differentiate(ref LatentEntries entries)
    {
        for (int at = 0; at < entries.Pre.Length; at++)
        {
            entries.PreGradient[at] = entries.Activation[at] != 0 ? entries.Slope[at] : 0;
        }
    }
}

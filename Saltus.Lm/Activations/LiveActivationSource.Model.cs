using Saltus.Kernels;
using Saltus.Lm.Models;

namespace Saltus.Lm.Activations;

/// <summary>The source over a language model.</summary>
public sealed partial class LiveActivationSource
{
    /// <summary>Creates a source; the model runs when vectors are asked for.</summary>
    /// <param name="model">The model; not disposed with the source, and not used by others while the source reads.</param>
    /// <param name="team">Threads; the vectors do not depend on their number.</param>
    /// <param name="site">Where the vectors are read.</param>
    /// <param name="windows">The text.</param>
    /// <param name="options">How many vectors, and how many tokens at a time; null: one pass.</param>
    /// <param name="progress">Is told after each group of windows.</param>
    /// <param name="target">Where a transcoder's targets are read: they follow each vector; null for none.</param>
    /// <param name="cancellation">Ends a read between groups of windows.</param>
    /// <exception cref="InputException">The model has no such site, or an option cannot be.</exception>
    public LiveActivationSource(
        LanguageModel model,
        WorkTeam team,
        Site site,
        TokenWindows windows,
        HarvestOptions? options = null,
        IProgress<HarvestProgress>? progress = null,
        Site? target = null,
        CancellationToken cancellation = default)
        : this(new LanguageModelWindows(model, team, target is Site second ? [site, second] : [site]), windows, options, progress, cancellation)
    {
    }
}

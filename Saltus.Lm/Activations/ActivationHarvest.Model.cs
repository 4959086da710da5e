using Saltus.Kernels;
using Saltus.Lm.Models;

namespace Saltus.Lm.Activations;

/// <summary>The harvest with a language model.</summary>
public static partial class ActivationHarvest
{
    /// <summary>
    /// Fills one store a site in one pass over the text. Stores that an interruption left are gone on with after their last whole shard: the text
    /// before is tokenized again, the model does not run over it. What results has the same bytes as without interruption.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="team">Threads; the vectors do not depend on their number.</param>
    /// <param name="windows">The text.</param>
    /// <param name="stores">Each site with the folder of its store.</param>
    /// <param name="settings">What all stores have in common; site, layer, width, context and number of vectors are filled in.</param>
    /// <param name="options">How many vectors, and how many tokens at a time; null: one pass.</param>
    /// <param name="progress">Is told after each group of windows.</param>
    /// <param name="cancellation">Ends the harvest between groups of windows; whole shards stay.</param>
    /// <returns>The index of each store.</returns>
    /// <exception cref="InputException">The model has no such site, a folder holds something else, the text cannot be read, or a value does not fit the element type.</exception>
    /// <exception cref="OperationCanceledException">The harvest was cancelled; the same call goes on with it.</exception>
    public static IReadOnlyList<ActivationStoreIndex> Run(
        LanguageModel model,
        WorkTeam team,
        TokenWindows windows,
        IReadOnlyList<(Site Site, string Folder)> stores,
        HarvestSettings settings,
        HarvestOptions? options = null,
        IProgress<HarvestProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentNullException.ThrowIfNull(stores);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfZero(stores.Count, nameof(stores));
        options ??= new HarvestOptions();
        LanguageModelWindows windowModel = new(model, team, [.. stores.Select(store => store.Site)]);
        return Run(
            windowModel,
            windows,
            [.. stores.Select((store, index) => (store.Folder, settings.For(store.Site, windowModel.Widths[index], windows, options)))],
            options,
            progress,
            cancellation);
    }
}

namespace Saltus.Lm.Activations;

/// <summary>Text and a language model into stores on disk: one pass over the text for any number of sites.</summary>
public static partial class ActivationHarvest
{
    /// <summary>
    /// Fills one store a site. A store that an interruption left is gone on with after its last whole shard: the text before is tokenized
    /// again, the model does not run over it.
    /// </summary>
    internal static IReadOnlyList<ActivationStoreIndex> Run(
        IWindowModel model,
        TokenWindows windows,
        IReadOnlyList<(string Folder, ActivationStoreSettings Settings)> stores,
        HarvestOptions options,
        IProgress<HarvestProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        for (int site = 0; site < stores.Count; site++)
        {
            if (stores[site].Settings.Width != model.Widths[site] || stores[site].Settings.Vectors != options.Vectors || stores[site].Settings.MostVectors != options.MostVectors || stores[site].Settings.Context != windows.Context)
            {
                throw new ArgumentException($"the settings of store {site} are not those of the harvest", nameof(stores));
            }
        }

        List<ActivationStoreWriter> writers = [];
        try
        {
            foreach ((string folder, ActivationStoreSettings settings) in stores)
            {
                writers.Add(new ActivationStoreWriter(folder, settings));
                if (writers[^1].Note is string text)
                {
                    options.Note?.Invoke(text);
                }
            }

            if (writers.Exists(writer => !writer.IsComplete))
            {
                Fill(writers, model, windows, options, progress, cancellation);
            }
        }
        finally
        {
            writers.ForEach(writer => writer.Dispose());
        }

        return [.. stores.Select(store => ActivationStoreIndex.Read(store.Folder))];
    }

    private static void Fill(
        List<ActivationStoreWriter> writers,
        IWindowModel model,
        TokenWindows windows,
        HarvestOptions options,
        IProgress<HarvestProgress>? progress,
        CancellationToken cancellation)
    {
        using WindowActivations activations = new(model, windows, options, progress, cancellation);
        long done = writers.Where(writer => !writer.IsComplete).Min(writer => writer.Written);
        if (done > 0)
        {
            done = activations.Skip(done);
        }

        // Stores of several sites can be a shard apart: each takes up where it stands. What is written grows here, so it is read before.
        long[] written = [.. writers.Select(writer => writer.IsComplete ? long.MaxValue : writer.Written)];
        while (activations.Next())
        {
            for (int site = 0; site < writers.Count; site++)
            {
                int first = (int)Math.Clamp(written[site] - done, 0, activations.Count);
                writers[site].Append(
                    activations.Vectors(site), first, activations.Count - first, activations.Documents, activations.Positions, activations.Tokens);
            }

            done += activations.Count;
        }

        writers.ForEach(writer => writer.Complete());
    }
}

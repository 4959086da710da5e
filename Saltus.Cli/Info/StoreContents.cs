using Saltus.Formats;
using Saltus.Lm.Activations;

namespace Saltus.Cli.Info;

/// <summary>Describes an activation store.</summary>
internal static class StoreContents
{
    /// <summary>Describes a store, whole or interrupted.</summary>
    public static Contents Read(string path)
    {
        ActivationStoreIndex index = ActivationStoreIndex.Read(path);
        ActivationStoreSettings settings = index.Settings;
        return new Contents("activation store")
            .Add("vectors", index.Count)
            .Add("width", settings.Width)
            .Add("dtype", settings.Dtype.Name())
            .Add("site", settings.Site)
            .Add("layer", settings.Layer)
            .Add("model", settings.Model)
            .Add("text", settings.Text)
            .Add("context", settings.Context)
            .Add("seed", settings.Seed)
            .Add("shards", index.Shards.Count)
            .Add("bytes", index.Shards.Sum(shard => shard.Bytes))
            .Add("complete", index.Complete);
    }
}

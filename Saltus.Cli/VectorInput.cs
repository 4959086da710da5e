using Saltus.Autoencoders;
using Saltus.Formats;
using Saltus.Lm.Activations;
using Saltus.Training;

namespace Saltus.Cli;

/// <summary>Stored vectors as commands take them: an activation store, or a file of own vectors.</summary>
internal static class VectorInput
{
    /// <summary>Opens vectors.</summary>
    /// <param name="path">A store's folder, or a file.</param>
    /// <param name="order">In which order, and how many.</param>
    /// <returns>The vectors, and what an SAE's file will say of them.</returns>
    /// <exception cref="InputException">There is nothing that can be read.</exception>
    public static (IActivationSource Source, SaeMetadata Metadata) Open(string path, ReadingOrder order)
    {
        SaeMetadata metadata = new() { Dataset = Path.GetFileName(path) };
        if (Directory.Exists(path))
        {
            ActivationStore store = ActivationStore.Open(path);
            ActivationStoreSettings settings = store.Index.Settings;
            return (store.OpenSource(order), metadata with { ModelName = settings.Model, HookName = settings.Site, ContextSize = settings.Context });
        }

        return File.Exists(path)
            ? (VectorFile.OpenSource(path, order: order), metadata)
            : throw new InputException($"'{path}': expected an activation store, or vectors in a .npy, .npz or .safetensors file, found nothing there; check the path");
    }

    /// <summary>Gets what a run on vectors reads, by name, with checksums.</summary>
    /// <param name="path">The vectors.</param>
    /// <param name="targets">A transcoder's targets; null for none.</param>
    public static Dictionary<string, string> Checksums(string path, string? targets = null)
    {
        Dictionary<string, string> inputs = new(StringComparer.Ordinal) { ["activations"] = Checksum(path) };
        if (targets is not null)
        {
            inputs["targets"] = Checksum(targets);
        }

        return inputs;
    }

    /// <summary>Gets the checksum of vectors: a store's index holds the checksums of its shards.</summary>
    public static string Checksum(string path) => FileChecksum.Compute(Directory.Exists(path) ? Path.Combine(path, ActivationStoreIndex.FileName) : path);
}

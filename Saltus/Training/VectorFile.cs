using Saltus.Formats;

namespace Saltus.Training;

/// <summary>
/// A person's own vectors as a source: a matrix [vectors, d] in a <c>.npy</c>, <c>.npz</c> or <c>.safetensors</c> file. The file is mapped, not
/// loaded (but a .npz that is read in random order, because it may be packed); opening reads it once to refuse NaN and infinity before
/// anything is trained.
/// </summary>
public static class VectorFile
{
    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensor">Name of the matrix; null where the file has only one.</param>
    /// <param name="order">In which order, and how many; null: the order of the file, once.</param>
    /// <returns>The source; where its vectors come from is unknown (−1).</returns>
    /// <exception cref="InputException">The file cannot be read, has not the one matrix, or a value is not finite.</exception>
    public static IActivationSource OpenSource(string path, string? tensor = null, ReadingOrder? order = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ITensorSource file = Open(path);
        try
        {
            order ??= ReadingOrder.Sequential;
            order.Validate();
            TensorBlocks blocks = new(file, Choose(file, tensor));
            blocks.CheckFinite();
            if (file is NpzFile && order.Seed is not null)
            {
                blocks.Load();
            }

            return new BlockSource(blocks, order);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static ITensorSource Open(string path)
    {
        string ending = Path.GetExtension(path);
        return ending.ToUpperInvariant() switch
        {
            ".NPY" => NpyFile.Open(path),
            ".NPZ" => NpzFile.Open(path),
            ".SAFETENSORS" => SafetensorsFile.Open(path),
            _ => throw new InputException($"'{path}': expected vectors in a .npy, .npz or .safetensors file, found '{ending}'; rename or convert it"),
        };
    }

    private static TensorInfo Choose(ITensorSource file, string? name)
    {
        TensorInfo[] matrices = [.. file.Tensors.Where(tensor => tensor.Shape.Count == 2)];
        TensorInfo chosen;
        if (name is not null)
        {
            chosen = file.Require(name);
        }
        else if (matrices.Length == 1)
        {
            chosen = matrices[0];
        }
        else
        {
            string found = matrices.Length == 0 ? $"none among {file.Tensors.Count} tensors; reshape" : $"{string.Join(", ", matrices.Select(t => t.Name))}; name one";
            throw new InputException($"'{file.Source}': expected one matrix [vectors, d], found {found}");
        }

        return chosen.Shape.Count == 2 && chosen.Shape[0] > 0 && chosen.Shape[1] is > 0 and <= int.MaxValue
            ? chosen
            : throw new InputException($"tensor '{chosen.Name}' in '{file.Source}': expected a matrix [vectors, d], found {chosen.Description}; reshape it");
    }
}

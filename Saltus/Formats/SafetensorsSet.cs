namespace Saltus.Formats;

/// <summary>
/// The weights of a model: one safetensors file, or the shards that a `model.safetensors.index.json` names. A set is refused unless
/// index and shards say the same: every tensor of the index in its shard, every tensor of a shard in the index.
/// </summary>
public sealed class SafetensorsSet : ITensorSource
{
    /// <summary>The single file of a model folder.</summary>
    public const string SingleName = "model.safetensors";

    /// <summary>The index of a sharded model folder; read only if the single file is not there.</summary>
    public const string IndexName = "model.safetensors.index.json";

    private readonly SafetensorsFile[] _files;
    private readonly Dictionary<string, (SafetensorsFile File, TensorInfo Tensor)> _byName = [];

    private SafetensorsSet(string source, SafetensorsFile[] files)
    {
        Source = source;
        _files = files;
        foreach (SafetensorsFile file in files)
        {
            foreach (TensorInfo tensor in file.Tensors)
            {
                // The index was checked before: no name is in two shards.
                _byName.Add(tensor.Name, (file, tensor));
            }
        }

        Tensors = [.. files.SelectMany(file => file.Tensors)];
    }

    /// <inheritdoc/>
    public string Source { get; }

    /// <summary>Gets the open files in ordinal order of their names.</summary>
    public IReadOnlyList<SafetensorsFile> Files => _files;

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>Opens a folder, a single file, or an index.</summary>
    /// <param name="path">A folder with `model.safetensors` or `model.safetensors.index.json`, or one safetensors file or index file.</param>
    /// <returns>The open set.</returns>
    /// <exception cref="InputException">Nothing can be read there.</exception>
    /// <exception cref="SafetensorsFormatException">A file is malformed, or index and shards do not agree.</exception>
    public static SafetensorsSet Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path))
        {
            return path.EndsWith(".json", StringComparison.Ordinal) ? OpenSharded(path) : OpenSingle(path);
        }

        string single = Path.Combine(path, SingleName);
        string index = Path.Combine(path, IndexName);
        return File.Exists(single) ? OpenSingle(single)
            : File.Exists(index) ? OpenSharded(index)
            : throw new InputException($"'{path}': expected {SingleName} or {IndexName} in the folder, found neither");
    }

    /// <inheritdoc/>
    public TensorInfo? Find(string name) => _byName.GetValueOrDefault(name).Tensor;

    /// <inheritdoc/>
    public void ReadFloat32(TensorInfo tensor, long first, Span<float> destination) => Owner(tensor).ReadFloat32(tensor, first, destination);

    /// <inheritdoc/>
    public void ReadFloat64(TensorInfo tensor, long first, Span<double> destination) => Owner(tensor).ReadFloat64(tensor, first, destination);

    /// <inheritdoc/>
    public void ReadInt64(TensorInfo tensor, long first, Span<long> destination) => Owner(tensor).ReadInt64(tensor, first, destination);

    /// <summary>Gets a tensor of two dimensions as weight rows that are widened on reading, without a float32 copy.</summary>
    /// <param name="name">Name of a tensor of type F32, BF16 or F16.</param>
    /// <returns>Rows that read the set: usable until it is disposed.</returns>
    /// <exception cref="SafetensorsFormatException">There is no such tensor, or its type or rank is another.</exception>
    public TensorRows Rows(string name)
    {
        TensorInfo tensor = this.Require(name);
        return TensorRows.Create(Owner(tensor), tensor);
    }

    /// <inheritdoc/>
    public InputException Unusable(TensorError error, string message) => SafetensorsFormatException.Unusable(error, message);

    /// <summary>Closes all files.</summary>
    public void Dispose()
    {
        foreach (SafetensorsFile file in _files)
        {
            file.Dispose();
        }
    }

    private static SafetensorsSet OpenSingle(string path) => new(path, [SafetensorsFile.Open(path)]);

    private static SafetensorsSet OpenSharded(string indexPath)
    {
        SafetensorsIndex index = SafetensorsIndex.Read(indexPath);
        List<SafetensorsFile> files = [];
        try
        {
            foreach (string shard in index.Shards)
            {
                string path = Path.Combine(Path.GetDirectoryName(indexPath) ?? string.Empty, shard);
                if (!File.Exists(path))
                {
                    throw new SafetensorsFormatException(SafetensorsError.ShardMissing, $"'{indexPath}': expected the file '{shard}' beside it, found none; fetch it");
                }

                SafetensorsFile file = SafetensorsFile.Open(path);
                files.Add(file);
                index.Check(file, shard);
            }

            return new SafetensorsSet(indexPath, [.. files]);
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    private SafetensorsFile Owner(TensorInfo tensor) => _byName.TryGetValue(tensor.Name, out (SafetensorsFile File, TensorInfo Tensor) found)
        && ReferenceEquals(found.Tensor, tensor)
        ? found.File
        : throw new ArgumentException($"tensor {tensor} is not of '{Source}'", nameof(tensor));
}

using Saltus.Formats;
using Saltus.Tensors;
using Saltus.Training;

namespace Saltus.Lm.Activations;

/// <summary>
/// Writes a store shard by shard, each whole or not at all, the index after each: an interrupted harvest goes on after the last shard
/// that is whole, and the result has the same bytes as one that was not interrupted. Shards that are there already are compared with
/// their checksums first: from a damaged one on they are harvested again. One process at a time.
/// </summary>
internal sealed class ActivationStoreWriter : IDisposable
{
    private readonly string _folder;
    private readonly ActivationStoreSettings _settings;
    private readonly FolderLock _lock;
    private readonly List<StoreShard> _shards = [];
    private readonly Matrix _vectors;
    private readonly int[] _documents;
    private readonly int[] _positions;
    private readonly int[] _tokens;
    private readonly float _largest;
    private int _filled;

    /// <summary>Begins a store in a new or empty folder, or goes on with the one that is there.</summary>
    /// <exception cref="InputException">The folder holds something else, a store with other settings, or another process is writing it.</exception>
    public ActivationStoreWriter(string folder, ActivationStoreSettings settings)
    {
        settings.Validate();
        CheckFree(folder);
        _folder = folder;
        _settings = settings;
        _largest = settings.Dtype == TensorDtype.F16 ? (float)Half.MaxValue : settings.Dtype == TensorDtype.BF16 ? LargestBfloat16 : float.MaxValue;
        _lock = FolderLock.Take(folder);
        try
        {
            if (FindIndex() is ActivationStoreIndex index)
            {
                TakeWhole(index);
            }
        }
        catch
        {
            _lock.DisposeAndClear();
            throw;
        }

        int rows = IsComplete ? 0 : (int)Math.Min(settings.RowsPerShard, settings.Vectors ?? long.MaxValue);
        _vectors = new Matrix(rows, settings.Width);
        _documents = new int[rows];
        _positions = new int[rows];
        _tokens = new int[rows];
    }

    /// <summary>Vectors in shards that are whole: where to go on.</summary>
    public long Written => _shards.Sum(shard => (long)shard.Rows);

    /// <summary>What a person should know about how the store is gone on with; null for nothing.</summary>
    public string? Note { get; private set; }

    /// <summary>Whether there is nothing left to do.</summary>
    public bool IsComplete { get; private set; }

    // The largest bfloat16: seven mantissa bits all set.
    private static float LargestBfloat16 => BitConverter.UInt32BitsToSingle(0x7F7F0000);

    /// <summary>Adds vectors with their origins; writes a shard whenever one is full.</summary>
    /// <exception cref="InputException">A value does not fit the element type, or the file system refused.</exception>
    public void Append(Matrix vectors, int first, int count, ReadOnlySpan<int> documents, ReadOnlySpan<int> positions, ReadOnlySpan<int> tokens)
    {
        for (int row = first; row < first + count; row++)
        {
            ReadOnlySpan<float> vector = vectors.Row(row);
            int bad = FiniteValues.FindFirstBeyond(vector, _largest);
            if (bad >= 0)
            {
                throw TooLarge(vector[bad], bad, documents[row], positions[row], tokens[row]);
            }

            vector.CopyTo(_vectors.Row(_filled));
            (_documents[_filled], _positions[_filled], _tokens[_filled]) = (documents[row], positions[row], tokens[row]);
            _filled++;
            if (_filled == _settings.RowsPerShard)
            {
                WriteShard();
                WriteIndex();
            }
        }
    }

    /// <summary>Writes what is left as the last shard and marks the store as whole.</summary>
    public void Complete()
    {
        if (!IsComplete)
        {
            if (_filled > 0)
            {
                WriteShard();
            }

            IsComplete = true;
            WriteIndex();
        }
    }

    public void Dispose()
    {
        _vectors.Dispose();
        _lock.DisposeAndClear();
    }

    private static void CheckFree(string folder)
    {
        if (File.Exists(folder))
        {
            throw new ActivationStoreException(
                ActivationStoreError.FolderInUse, $"'{folder}': expected a new or empty folder or an activation store, found a file; choose another name");
        }

        if (!Directory.Exists(folder) || File.Exists(Path.Combine(folder, ActivationStoreIndex.FileName)))
        {
            return;
        }

        // A first shard without index is what an interruption between the two leaves: ours to overwrite.
        string? stranger = Directory.EnumerateFileSystemEntries(folder)
            .Select(path => Path.GetFileName(path)!)
            .Where(name => name != ActivationStoreIndex.ShardName(0) && name != FolderLock.FileName && !name.StartsWith(".saltus-", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .FirstOrDefault();
        if (stranger is not null)
        {
            throw new ActivationStoreException(
                ActivationStoreError.FolderInUse, $"'{folder}': expected a new or empty folder or an activation store, found '{stranger}' in it; choose another folder");
        }
    }

    private ActivationStoreIndex? FindIndex()
    {
        FolderLock.RemoveTemporaries(_folder);
        if (!File.Exists(Path.Combine(_folder, ActivationStoreIndex.FileName)))
        {
            return null;
        }

        ActivationStoreIndex index = ActivationStoreIndex.Read(_folder);
        foreach (((string key, object? found), (_, object? expected)) in index.Settings.Fields().Zip(_settings.Fields()))
        {
            if (!Equals(found, expected))
            {
                throw new ActivationStoreException(
                    ActivationStoreError.OtherSettings,
                    $"'{_folder}': {key}: expected {expected ?? "none"} to go on with this store, found {found ?? "none"}; choose another folder or the same settings");
            }
        }

        return index;
    }

    /// <summary>Takes over the shards before the first that is missing or damaged.</summary>
    private void TakeWhole(ActivationStoreIndex index)
    {
        foreach (StoreShard shard in index.Shards)
        {
            try
            {
                ActivationStore.CheckFile(_folder, shard);
                ActivationStore.CheckChecksum(_folder, shard);
            }
            catch (ActivationStoreException exception) when (exception.Error is ActivationStoreError.DamagedShard or ActivationStoreError.MissingShard)
            {
                Note = $"warning: {exception.Message}: done now, from vector {Written} on";
                return;
            }

            _shards.Add(shard);
        }

        IsComplete = index.Complete;
        Note = IsComplete ? null : $"{_folder}: going on after {Written} vectors";
    }

    private void WriteShard()
    {
        string name = ActivationStoreIndex.ShardName(_shards.Count);
        string path = Path.Combine(_folder, name);
        new SafetensorsWriter()
            .Add(ActivationStore.VectorsName, _settings.Dtype, [_filled, _settings.Width], (first, values) => SafetensorsWriter.CopyRows(_vectors, first, values))
            .AddInt32(ActivationStore.DocumentName, [_filled], _documents.AsMemory(0, _filled))
            .AddInt32(ActivationStore.PositionName, [_filled], _positions.AsMemory(0, _filled))
            .AddInt32(ActivationStore.TokenName, [_filled], _tokens.AsMemory(0, _filled))
            .Write(path);
        _shards.Add(new StoreShard(name, _filled, new FileInfo(path).Length, FileChecksum.Compute(path)));
        _filled = 0;
    }

    private void WriteIndex() => new ActivationStoreIndex(_settings, _shards, IsComplete).Write(_folder);

    private ActivationStoreException TooLarge(float value, int column, int document, int position, int token)
    {
        string where = $"'{_folder}': {_settings.Site} of layer {_settings.Layer}, document {document}, position {position}, token {token}, column {column}";
        string advice = float.IsFinite(value) ? "store BF16 or F32" : "the model's own numbers overflow there";
        return new ActivationStoreException(ActivationStoreError.NotFinite, $"{where}: expected a value that {_settings.Dtype.Name()} can hold, found {value}; {advice}");
    }
}

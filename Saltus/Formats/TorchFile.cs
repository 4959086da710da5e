using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>
/// A file of torch.save (.pt, .pth), mapped into memory: the tensors of a dictionary by name, read through their strides where they lie.
/// Its pickle is parsed for tensors and plain values only; whatever else it names is refused, and nothing is ever run. Reading is safe
/// from several threads; after <see cref="Dispose"/> it throws <see cref="ObjectDisposedException"/>.
/// </summary>
public sealed class TorchFile : ITensorSource, IMappedTensors
{
    private readonly TorchArchive _archive;
    private readonly PickleDictionary _dictionary;
    private readonly bool _ownsArchive;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    private TorchFile(TorchArchive archive, PickleDictionary dictionary, string source, bool ownsArchive)
    {
        _archive = archive;
        _dictionary = dictionary;
        _ownsArchive = ownsArchive;
        Source = source;
        List<TensorInfo> tensors = [];
        foreach (string name in dictionary.Names)
        {
            if (dictionary.Entries[name] is TorchView view)
            {
                int size = view.Dtype.ByteSize();
                TensorInfo tensor = new(name, view.Dtype, view.Shape, view.Storage.Bytes.Start + (view.Offset * size), view.Count * size);
                _entries.Add(name, new Entry(tensor, view));
                tensors.Add(tensor);
            }
        }

        Tensors = tensors;
    }

    /// <inheritdoc/>
    public string Source { get; }

    /// <summary>Gets the tensors in the order of the dictionary; <see cref="TensorInfo.Start"/> is that of the first element, of a deflated record within it.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>Gets the names of the entries that are not tensors, in the order of the dictionary.</summary>
    public IReadOnlyList<string> OtherNames => [.. _dictionary.Names.Where(name => !_entries.ContainsKey(name))];

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The open file.</returns>
    /// <exception cref="InputException">The file cannot be read.</exception>
    /// <exception cref="TorchFormatException">It is not a torch file that holds a dictionary by names, of tensors and plain values.</exception>
    public static TorchFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        TorchArchive archive = TorchArchive.Open(path);
        try
        {
            return new TorchFile(archive, Named(archive.Value, path), path, ownsArchive: true);
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public TensorInfo? Find(string name) => _entries.GetValueOrDefault(name)?.Tensor;

    /// <inheritdoc/>
    public void ReadFloat32(TensorInfo tensor, long first, Span<float> destination) =>
        Read(tensor, first, destination, (elements, values) => TensorElements.ToFloat32(tensor.Dtype, elements, values));

    /// <inheritdoc/>
    public void ReadFloat64(TensorInfo tensor, long first, Span<double> destination) =>
        Read(tensor, first, destination, (elements, values) => TensorElements.ToFloat64(tensor.Dtype, elements, values));

    /// <inheritdoc/>
    public void ReadInt64(TensorInfo tensor, long first, Span<long> destination)
    {
        if (!tensor.Dtype.IsInteger())
        {
            throw Unusable(TensorError.WrongDtype, $"tensor '{tensor.Name}' in '{Source}': expected integers, found {tensor.Description}");
        }

        Read(tensor, first, destination, (elements, values) =>
        {
            if (!TensorElements.ToInt64(tensor.Dtype, elements, values))
            {
                throw Unusable(TensorError.InvalidValue, $"tensor '{tensor.Name}' in '{Source}': expected integers below 2^63, found a larger one");
            }
        });
    }

    /// <inheritdoc/>
    Matrix? IMappedTensors.TryMap(TensorInfo tensor, int rows, int columns) => View(tensor).IsContiguous ? TryMap(tensor, rows, columns) : null;

    /// <inheritdoc/>
    Matrix? IMappedTensors.TryMapTransposed(TensorInfo tensor, int rows, int columns) => View(tensor).IsTransposed ? TryMap(tensor, columns, rows) : null;

    /// <inheritdoc/>
    public InputException Unusable(TensorError error, string message) => TorchFormatException.Unusable(error, message);

    /// <summary>Ends the mapping as soon as no read is under way; of a dictionary inside another the outer one does.</summary>
    public void Dispose()
    {
        if (_ownsArchive)
        {
            _archive.Dispose();
        }
    }

    /// <summary>An entry that is not a tensor: null, a boolean, long, double, text or container; null if there is none.</summary>
    internal object? Value(string name) => _entries.ContainsKey(name) ? null : _dictionary.Entries.GetValueOrDefault(name);

    /// <summary>Whether there is an entry of that name, whatever it is.</summary>
    internal bool Has(string name) => _dictionary.Entries.ContainsKey(name);

    /// <summary>A dictionary inside this one; valid until this is disposed.</summary>
    /// <exception cref="TorchFormatException">The entry is no dictionary by names.</exception>
    internal TorchFile Inner(string name)
    {
        string source = $"{Source}: {name}";
        return new TorchFile(_archive, Named(_dictionary.Entries.GetValueOrDefault(name), source), source, ownsArchive: false);
    }

    /// <summary>The strides of a tensor, in elements.</summary>
    internal IReadOnlyList<long> Strides(TensorInfo tensor) => View(tensor).Strides;

    private static PickleDictionary Named(object? value, string source)
    {
        PickleDictionary dictionary = value as PickleDictionary
            ?? throw new TorchFormatException(TorchError.NotDictionary, $"'{source}': expected a dictionary of tensors by name, found {TorchObjects.Describe(value)}; save a state_dict with torch.save");
        return dictionary.OtherKey is null
            ? dictionary
            : throw new TorchFormatException(TorchError.NotDictionary, $"'{source}': expected a dictionary of tensors by name, found {TorchObjects.Describe(dictionary.OtherKey)} as key");
    }

    /// <summary>The elements as they lie, as so many rows and columns.</summary>
    private Matrix? TryMap(TensorInfo tensor, int rows, int columns)
    {
        TorchView view = View(tensor);
        bool fits = view.Dtype == TensorDtype.F32 && !view.Storage.IsBigEndian && view.Storage.Bytes.IsInPlace && view.Count == (long)rows * columns && view.Count > 0;
        return fits ? _archive.File.Matrix(tensor.Start, rows, columns) : null;
    }

    private TorchView View(TensorInfo tensor) => _entries.TryGetValue(tensor.Name, out Entry? entry) && ReferenceEquals(entry.Tensor, tensor)
        ? entry.View
        : throw new ArgumentException($"tensor {tensor} is not of '{Source}'", nameof(tensor));

    private void Read<T>(TensorInfo tensor, long first, Span<T> destination, TorchElements.Convert<T> convert)
    {
        TorchView view = View(tensor);
        if (first < 0 || first > view.Count - destination.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(first), $"{first} to {first + destination.Length} of {view.Count} in tensor {tensor}");
        }

        _archive.File.Hold();
        try
        {
            TorchElements.Read(view, first, destination, tensor.Dtype == TensorDtype.Bool ? Checked(tensor, convert) : convert);
        }
        finally
        {
            _archive.File.Release();
        }
    }

    private TorchElements.Convert<T> Checked<T>(TensorInfo tensor, TorchElements.Convert<T> convert) => (elements, values) =>
    {
        int invalid = TensorElements.FindInvalidBool(elements);
        if (invalid >= 0)
        {
            throw Unusable(TensorError.InvalidValue, $"tensor '{tensor.Name}' in '{Source}': expected 0 or 1, found {elements[invalid]}");
        }

        convert(elements, values);
    };

    private sealed record Entry(TensorInfo Tensor, TorchView View);
}

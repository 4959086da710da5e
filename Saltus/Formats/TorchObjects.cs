using System.Globalization;

namespace Saltus.Formats;

/// <summary>
/// The few classes and functions that a torch file of tensors names, and what each becomes here. Storages are known by key and found
/// later: in the older container they follow the pickle.
/// </summary>
/// <param name="source">What errors name.</param>
internal sealed class TorchObjects(string source)
{
    private const string SaveState = "save a dictionary of tensors (state_dict) with torch.save";
    private const int LongestKey = 64;
    private const int LongestQuote = 120;

    private static readonly Dictionary<string, PickleGlobal> s_known = new PickleGlobal[]
    {
        new("collections.OrderedDict", PickleGlobalKind.OrderedDictionary),
        new("torch._utils._rebuild_tensor", PickleGlobalKind.Tensor),
        new("torch._utils._rebuild_tensor_v2", PickleGlobalKind.Tensor),
        new("torch._utils._rebuild_tensor_v3", PickleGlobalKind.TypedTensor),
        new("torch._utils._rebuild_parameter", PickleGlobalKind.Parameter),
        new("torch.Size", PickleGlobalKind.Size),
        new("torch.device", PickleGlobalKind.Device),
        new("torch.DoubleStorage", PickleGlobalKind.Storage, TensorDtype.F64),
        new("torch.FloatStorage", PickleGlobalKind.Storage, TensorDtype.F32),
        new("torch.HalfStorage", PickleGlobalKind.Storage, TensorDtype.F16),
        new("torch.BFloat16Storage", PickleGlobalKind.Storage, TensorDtype.BF16),
        new("torch.LongStorage", PickleGlobalKind.Storage, TensorDtype.I64),
        new("torch.IntStorage", PickleGlobalKind.Storage, TensorDtype.I32),
        new("torch.ShortStorage", PickleGlobalKind.Storage, TensorDtype.I16),
        new("torch.CharStorage", PickleGlobalKind.Storage, TensorDtype.I8),
        new("torch.ByteStorage", PickleGlobalKind.Storage, TensorDtype.U8),
        new("torch.BoolStorage", PickleGlobalKind.Storage, TensorDtype.Bool),
        new("torch.UntypedStorage", PickleGlobalKind.Storage),
        new("torch.storage.UntypedStorage", PickleGlobalKind.Storage),
        new("torch.float64", PickleGlobalKind.Dtype, TensorDtype.F64),
        new("torch.float32", PickleGlobalKind.Dtype, TensorDtype.F32),
        new("torch.float16", PickleGlobalKind.Dtype, TensorDtype.F16),
        new("torch.bfloat16", PickleGlobalKind.Dtype, TensorDtype.BF16),
        new("torch.float8_e4m3fn", PickleGlobalKind.Dtype, TensorDtype.F8E4M3),
        new("torch.float8_e5m2", PickleGlobalKind.Dtype, TensorDtype.F8E5M2),
        new("torch.int64", PickleGlobalKind.Dtype, TensorDtype.I64),
        new("torch.int32", PickleGlobalKind.Dtype, TensorDtype.I32),
        new("torch.int16", PickleGlobalKind.Dtype, TensorDtype.I16),
        new("torch.int8", PickleGlobalKind.Dtype, TensorDtype.I8),
        new("torch.uint64", PickleGlobalKind.Dtype, TensorDtype.U64),
        new("torch.uint32", PickleGlobalKind.Dtype, TensorDtype.U32),
        new("torch.uint16", PickleGlobalKind.Dtype, TensorDtype.U16),
        new("torch.uint8", PickleGlobalKind.Dtype, TensorDtype.U8),
        new("torch.bool", PickleGlobalKind.Dtype, TensorDtype.Bool),
    }.ToDictionary(global => global.Name, StringComparer.Ordinal);

    private readonly Dictionary<string, TorchStorage> _storages = new(StringComparer.Ordinal);

    /// <summary>The storages that the pickle named.</summary>
    public IReadOnlyDictionary<string, TorchStorage> Storages => _storages;

    /// <summary>What kind of value it is, for errors.</summary>
    public static string Describe(object? value) => value switch
    {
        null or DBNull => "none",
        bool => "a boolean",
        long or System.Numerics.BigInteger => "an integer",
        double => "a number",
        string => "a text",
        byte[] => "bytes",
        PickleList list => list.IsTuple ? $"a tuple of {list.Items.Count}" : $"a list of {list.Items.Count}",
        PickleDictionary => "a dictionary",
        PickleGlobal global => $"the class or function {global.Name}",
        TorchStorage => "a storage without a tensor",
        _ => "a tensor",
    };

    /// <summary>A text of a file as errors quote it: of bounded length.</summary>
    public static string Quote(string text) => text.Length <= LongestQuote ? text : $"{text[..LongestQuote]}…";

    /// <summary>Looks a class or function up.</summary>
    /// <exception cref="TorchFormatException">It is none of the known ones.</exception>
    public PickleGlobal Global(string module, string name, int at)
    {
        string full = $"{module}.{name}";
        if (s_known.TryGetValue(full, out PickleGlobal? global))
        {
            return global;
        }

        bool isTorch = module is "torch" or "torch._utils" or "torch.serialization";
        if (isTorch && name.EndsWith("Storage", StringComparison.Ordinal) && (name.StartsWith("Complex", StringComparison.Ordinal) || name.StartsWith('Q')))
        {
            throw Fail(TorchError.DtypeUnsupported, at, $"elements of {Quote(full)} are complex or quantised, which is not supported; save them as float32");
        }

        if (isTorch && name is "_rebuild_qtensor" or "_rebuild_sparse_tensor" or "_rebuild_sparse_csr_tensor" or "_rebuild_nested_tensor" or "_get_layout")
        {
            bool isQuantised = name == "_rebuild_qtensor";
            throw Fail(isQuantised ? TorchError.DtypeUnsupported : TorchError.LayoutUnsupported, at, $"{full} makes a {(isQuantised ? "quantised" : "sparse or nested")} tensor, which is not supported; save it dense");
        }

        throw Fail(TorchError.GlobalNotAllowed, at, $"global {Quote(full)} is not allowed; only tensors and plain values are read, and nothing is run: {SaveState}");
    }

    /// <summary>Does what a call stands for.</summary>
    /// <exception cref="TorchFormatException">It is no call that a file of tensors makes.</exception>
    public object? Call(object? callee, object? arguments, int at)
    {
        if (callee is not PickleGlobal global || arguments is not PickleList { IsTuple: true } tuple)
        {
            throw Fail(TorchError.PickleInvalid, at, $"expected a known function and a tuple of arguments, found {Describe(callee)} and {Describe(arguments)}");
        }

        IReadOnlyList<object?> items = tuple.Items;
        return (global.Kind, items.Count) switch
        {
            (PickleGlobalKind.OrderedDictionary, 0) => new PickleDictionary(isOrdered: true),
            (PickleGlobalKind.OrderedDictionary, 1) when items[0] is PickleList pairs => Dictionary(pairs, at),
            (PickleGlobalKind.Tensor, 4 or 6 or 7) => Tensor(items, null, items.ElementAtOrDefault(6), at),
            (PickleGlobalKind.TypedTensor, 7 or 8) when items[6] is PickleGlobal { Kind: PickleGlobalKind.Dtype } dtype => Tensor(items, dtype, items.ElementAtOrDefault(7), at),
            (PickleGlobalKind.Parameter, 3) when items[0] is TorchView => items[0],
            (PickleGlobalKind.Size, 1) when items[0] is PickleList size => size,
            (PickleGlobalKind.Device, 1 or 2) when items[0] is string device => device,
            _ => throw Fail(TorchError.PickleInvalid, at, $"{global.Name} is called with {items.Count} arguments that it does not take"),
        };
    }

    /// <summary>Finds or registers the storage of a persistent id: ("storage", class, key, device, number of elements).</summary>
    /// <exception cref="TorchFormatException">It is no such id, or contradicts an earlier one.</exception>
    public TorchStorage Storage(object? id, int at)
    {
        if (id is not PickleList { IsTuple: true, Items: { Count: 5 or 6 } items }
            || items is not ["storage", PickleGlobal { Kind: PickleGlobalKind.Storage } type, string key, string, long count, ..]
            || (items.Count == 6 && items[5] is not null))
        {
            throw Fail(TorchError.StorageInvalid, at, "expected (\"storage\", class, key, device, number of elements), found another persistent id; save the file with a newer torch");
        }

        // A key becomes part of an entry's name: letters and digits lead nowhere.
        if (key.Length is 0 or > LongestKey || !key.All(char.IsAsciiLetterOrDigit))
        {
            throw Fail(TorchError.StorageInvalid, at, $"expected a storage key of letters and digits, found '{Quote(key)}'");
        }

        int size = type.Dtype?.ByteSize() ?? 1;
        if (count < 0 || count > long.MaxValue / size)
        {
            throw Fail(TorchError.StorageInvalid, at, $"storage {key}: expected a number of elements, found {count}");
        }

        if (!_storages.TryGetValue(key, out TorchStorage? storage))
        {
            storage = new TorchStorage(key, type.Dtype, count * size);
            _storages.Add(key, storage);
        }

        return storage.Dtype == type.Dtype && storage.ByteLength == count * size
            ? storage
            : throw Fail(TorchError.StorageInvalid, at, $"storage {key} is said to be {type.Name} of {count} elements, and was said to be another before");
    }

    private PickleDictionary Dictionary(PickleList pairs, int at)
    {
        PickleDictionary dictionary = new(isOrdered: true);
        foreach (object? pair in pairs.Items)
        {
            if (pair is not PickleList { Items: [string key, object value] } || !dictionary.TryAdd(key, value))
            {
                throw Fail(TorchError.PickleInvalid, at, "expected pairs of names and values, each name once, found others");
            }
        }

        return dictionary;
    }

    private TorchView Tensor(IReadOnlyList<object?> items, PickleGlobal? dtype, object? metadata, int at)
    {
        if (items is not [TorchStorage storage, long offset, PickleList shape, PickleList strides, ..])
        {
            throw Fail(TorchError.PickleInvalid, at, "expected storage, offset, shape and strides of a tensor, found others");
        }

        if (metadata is not (null or PickleDictionary { Names.Count: 0, OtherKey: null }))
        {
            throw Fail(TorchError.LayoutUnsupported, at, "a conjugate or negative view is not supported; save the tensor's clone");
        }

        if ((dtype ?? (object?)storage.Dtype) is null || (dtype is not null && storage.Dtype is not (null or TensorDtype.U8)))
        {
            throw Fail(TorchError.TensorInvalid, at, $"storage {storage.Key} has no element type for this tensor, or two");
        }

        try
        {
            return TorchView.Create(storage, dtype?.Dtype ?? storage.Dtype!.Value, offset, Numbers(shape, at), Numbers(strides, at));
        }
        catch (ArgumentException exception)
        {
            throw Fail(TorchError.TensorInvalid, at, exception.Message);
        }
    }

    private long[] Numbers(PickleList list, int at)
    {
        long[] numbers = new long[list.Items.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = list.Items[i] as long? ?? throw Fail(TorchError.TensorInvalid, at, $"expected integers as shape and strides, found {Describe(list.Items[i])}");
        }

        return numbers;
    }

    private TorchFormatException Fail(TorchError error, int at, string message) =>
        new(error, string.Create(CultureInfo.InvariantCulture, $"'{source}': pickle, byte {at}: {message}"));
}

using System.Buffers.Binary;
using System.Text;

namespace Saltus.Formats;

/// <summary>
/// Writes the pickle, protocol 2, of a dictionary of tensors, with the operations that torch.save writes, in its order: every text, tuple,
/// class and tensor is remembered, and named again by its number.
/// </summary>
/// <param name="stream">Where to; not disposed.</param>
internal sealed class PickleWriter(Stream stream)
{
    /// <summary>Entries that are set at once.</summary>
    private const int Lot = 1000;

    private readonly Dictionary<string, int> _memo = new(StringComparer.Ordinal);
    private int _remembered;

    /// <summary>The pickle of tensors, each with a storage of its own: the first has key "0".</summary>
    public static byte[] Write(IReadOnlyList<TorchFileWriter.Entry> tensors)
    {
        using MemoryStream stream = new();
        new PickleWriter(stream).Dictionary(tensors);
        return stream.ToArray();
    }

    /// <summary>The name of a class of storages.</summary>
    private static string StorageClass(TensorDtype dtype) => dtype switch
    {
        TensorDtype.F64 => "DoubleStorage",
        TensorDtype.F32 => "FloatStorage",
        TensorDtype.F16 => "HalfStorage",
        TensorDtype.BF16 => "BFloat16Storage",
        TensorDtype.I64 => "LongStorage",
        TensorDtype.I32 => "IntStorage",
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), $"{dtype.Name()} is not written"),
    };

    private void Dictionary(IReadOnlyList<TorchFileWriter.Entry> tensors)
    {
        Write(PickleOpcode.Protocol);
        stream.WriteByte(2);
        Write(PickleOpcode.EmptyDictionary);
        Remember();
        for (int first = 0; first < tensors.Count; first += Lot)
        {
            int end = Math.Min(tensors.Count, first + Lot);
            if (end - first > 1)
            {
                Write(PickleOpcode.Mark);
            }

            for (int i = first; i < end; i++)
            {
                Text(tensors[i].Name, isShared: false);
                Tensor(tensors[i], i);
            }

            Write(end - first > 1 ? PickleOpcode.SetItems : PickleOpcode.SetItem);
        }

        Write(PickleOpcode.Stop);
    }

    private void Tensor(TorchFileWriter.Entry tensor, int index)
    {
        Global("torch._utils", "_rebuild_tensor_v2");
        Write(PickleOpcode.Mark);
        Write(PickleOpcode.Mark);
        Text("storage", isShared: true);
        Global("torch", StorageClass(tensor.Dtype));
        Text(TorchFileWriter.Key(index), isShared: false);
        Text("cpu", isShared: true);
        Integer(tensor.Count);
        Write(PickleOpcode.Tuple);
        Remember();
        Write(PickleOpcode.BinPersistentId);
        Integer(0);
        Integers(tensor.Shape);
        Integers(tensor.Strides);
        Write(PickleOpcode.False);
        Global("collections", "OrderedDict");
        Write(PickleOpcode.EmptyTuple);
        Write(PickleOpcode.Reduce);
        Remember();
        Write(PickleOpcode.Tuple);
        Remember();
        Write(PickleOpcode.Reduce);
        Remember();
    }

    private void Integers(ReadOnlySpan<long> values)
    {
        const int LongestShort = 3;
        if (values.IsEmpty)
        {
            Write(PickleOpcode.EmptyTuple);
            return;
        }

        if (values.Length > LongestShort)
        {
            Write(PickleOpcode.Mark);
        }

        foreach (long value in values)
        {
            Integer(value);
        }

        Write(values.Length > LongestShort ? PickleOpcode.Tuple : PickleOpcode.Tuple1 + (byte)(values.Length - 1));
        Remember();
    }

    private void Integer(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long) + 1];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        bytes[sizeof(long)] = 0;
        (PickleOpcode opcode, int length) = value switch
        {
            <= byte.MaxValue => (PickleOpcode.BinInt1, sizeof(byte)),
            <= ushort.MaxValue => (PickleOpcode.BinInt2, sizeof(ushort)),
            <= int.MaxValue => (PickleOpcode.BinInt, sizeof(int)),
            _ => (PickleOpcode.Long1, LongLength(value)),
        };
        Write(opcode);
        if (opcode == PickleOpcode.Long1)
        {
            stream.WriteByte((byte)length);
        }

        stream.Write(bytes[..length]);
    }

    /// <summary>Bytes of a positive number in two's complement, its sign bit included.</summary>
    private static int LongLength(long value) => ((64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)value)) / 8) + 1;

    private void Text(string text, bool isShared)
    {
        if (isShared && Recall(text))
        {
            return;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        Write(PickleOpcode.BinUnicode);
        stream.Write(length);
        stream.Write(bytes);
        Remember(isShared ? text : null);
    }

    private void Global(string module, string name)
    {
        if (!Recall($"{module}\n{name}"))
        {
            Write(PickleOpcode.Global);
            stream.Write(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
            Remember($"{module}\n{name}");
        }
    }

    private bool Recall(string what)
    {
        if (!_memo.TryGetValue(what, out int index))
        {
            return false;
        }

        Numbered(PickleOpcode.BinGet, PickleOpcode.LongBinGet, index);
        return true;
    }

    private void Remember(string? what = null)
    {
        if (what is not null)
        {
            _memo.Add(what, _remembered);
        }

        Numbered(PickleOpcode.BinPut, PickleOpcode.LongBinPut, _remembered++);
    }

    private void Numbered(PickleOpcode small, PickleOpcode large, int index)
    {
        if (index <= byte.MaxValue)
        {
            Write(small);
            stream.WriteByte((byte)index);
            return;
        }

        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, index);
        Write(large);
        stream.Write(bytes);
    }

    private void Write(PickleOpcode opcode) => stream.WriteByte((byte)opcode);
}

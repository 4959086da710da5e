using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Saltus.Tests.Support;

/// <summary>Assembles torch files record by record, sound ones and others; not through the product's own writer.</summary>
internal sealed class TorchBuilder
{
    private readonly Dictionary<string, byte[]> _records = new(StringComparer.Ordinal)
    {
        ["a/version"] = "3\n"u8.ToArray(),
        ["a/byteorder"] = "little"u8.ToArray(),
        ["a/data/0"] = Floats(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
    };

    /// <summary>Sets a record, or removes it.</summary>
    public TorchBuilder With(string name, byte[]? content)
    {
        if (content is null)
        {
            _records.Remove(name);
        }
        else
        {
            _records[name] = content;
        }

        return this;
    }

    /// <summary>Sets the pickle, which is given as parts of texts (ASCII and Latin-1) and bytes.</summary>
    public TorchBuilder WithPickle(params byte[][] parts) => With("a/data.pkl", [.. parts.SelectMany(part => part)]);

    /// <summary>The archive.</summary>
    public byte[] Zip(CompressionLevel level = CompressionLevel.NoCompression)
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in _records)
            {
                using Stream entry = archive.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }

    /// <summary>The older container: magic number, version, byte order, value, keys, storages.</summary>
    public static byte[] Legacy(byte[] value, byte[] keys, params byte[][] rest) =>
    [
        .. Bytes("\u0080\u0002\u008a\u000a"), 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, .. Bytes(".\u0080\u0002M"), 0xE9, 0x03, .. Bytes(".\u0080\u0002}"),
        .. Text("little_endian"), .. Bytes("\u0088s."), .. value, .. keys, .. rest.SelectMany(part => part),
    ];

    /// <summary>Characters up to U+00FF as bytes: operations of pickle.</summary>
    public static byte[] Bytes(string latin) => Encoding.Latin1.GetBytes(latin);

    /// <summary>A text in a pickle.</summary>
    public static byte[] Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        byte[] result = new byte[5 + bytes.Length];
        result[0] = (byte)'X';
        BinaryPrimitives.WriteInt32LittleEndian(result.AsSpan(1), bytes.Length);
        bytes.CopyTo(result, 5);
        return result;
    }

    /// <summary>An integer in a pickle, of any size.</summary>
    public static byte[] Integer(long value)
    {
        byte[] result = new byte[10];
        result[0] = 0x8A;
        result[1] = sizeof(long);
        BinaryPrimitives.WriteInt64LittleEndian(result.AsSpan(2), value);
        return result;
    }

    /// <summary>A tuple of integers in a pickle.</summary>
    public static byte[] Tuple(params long[] values) => [(byte)'(', .. values.SelectMany(Integer), (byte)'t'];

    /// <summary>A tensor in a pickle.</summary>
    public static byte[] Tensor(long[] shape, long[] strides, long offset = 0, long elements = 12, string key = "0", string storage = "FloatStorage", bool isLegacy = false) =>
    [
        .. Bytes("ctorch._utils\n_rebuild_tensor_v2\n(("), .. Text("storage"), .. Bytes($"ctorch\n{storage}\n"), .. Text(key), .. Text("cpu"), .. Integer(elements),
        .. Bytes(isLegacy ? "NtQ" : "tQ"), .. Integer(offset), .. Tuple(shape), .. Tuple(strides), .. Bytes("\u0089ccollections\nOrderedDict\n)RtR"),
    ];

    /// <summary>The whole pickle of a dictionary with one tensor.</summary>
    public static byte[] OneTensor(string name, byte[] tensor) => [.. Bytes("\u0080\u0002}"), .. Text(name), .. tensor, .. Bytes("s.")];

    public static byte[] Floats(params float[] values) => System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}

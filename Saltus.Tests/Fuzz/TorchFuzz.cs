using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using Saltus.Formats;
using Saltus.Tests.Support;

namespace Saltus.Tests.Fuzz;

/// <summary>Seeds, reading and checksums of torch files for the fuzzer.</summary>
internal static class TorchFuzz
{
    private const int EntryLength = 46;
    private const int HeaderLength = 30;
    private const int Block = 1 << 12;

    /// <summary>Archives that torch wrote, and a deflated one with values of every kind.</summary>
    public static IReadOnlyList<byte[]> Zips() =>
    [
        .. Recorded().Where(IsZip),
        new TorchBuilder().WithPickle(TorchBuilder.OneTensor("w", TorchBuilder.Tensor([4, 3], [1, 4]))).Zip(CompressionLevel.Optimal),
        new TorchBuilder().WithPickle(Values()).Zip(),
    ];

    /// <summary>Files of the older container that torch wrote.</summary>
    public static IReadOnlyList<byte[]> Legacy() => [.. Recorded().Where(bytes => !IsZip(bytes))];

    /// <summary>Reads every tensor a block at a time, whatever the shape.</summary>
    public static void Read(string path)
    {
        using TorchFile file = TorchFile.Open(path);
        Span<float> values = stackalloc float[Block];
        foreach (TensorInfo tensor in file.Tensors)
        {
            for (long first = 0; first < tensor.ElementCount; first += Block)
            {
                file.ReadFloat32(tensor, first, values[..(int)Math.Min(Block, tensor.ElementCount - first)]);
            }
        }

        foreach (string name in file.OtherNames)
        {
            _ = file.Value(name) is PickleDictionary ? file.Inner(name).Tensors.Count : 0;
        }
    }

    /// <summary>Makes the checksums of stored entries those of their bytes, as far as the directory can be followed.</summary>
    public static byte[] Repair(byte[] bytes)
    {
        byte[] repaired = [.. bytes];
        int at = repaired.AsSpan().IndexOf("PK\u0001\u0002"u8);
        while (at >= 0 && at <= repaired.Length - EntryLength && repaired.AsSpan(at).StartsWith("PK\u0001\u0002"u8))
        {
            ReadOnlySpan<byte> entry = repaired.AsSpan(at, EntryLength);
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(entry[20..]);
            long start = BinaryPrimitives.ReadUInt32LittleEndian(entry[42..]);
            if (start <= repaired.Length - HeaderLength && BinaryPrimitives.ReadUInt16LittleEndian(entry[10..]) == 0)
            {
                ReadOnlySpan<byte> header = repaired.AsSpan((int)start, HeaderLength);
                long data = start + HeaderLength + BinaryPrimitives.ReadUInt16LittleEndian(header[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
                if (data + length <= repaired.Length)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(repaired.AsSpan(at + 16), Crc32.HashToUInt32(repaired.AsSpan((int)data, (int)length)));
                }
            }

            at += EntryLength + BinaryPrimitives.ReadUInt16LittleEndian(entry[28..]) + BinaryPrimitives.ReadUInt16LittleEndian(entry[30..]) + BinaryPrimitives.ReadUInt16LittleEndian(entry[32..]);
        }

        return repaired;
    }

    private static IReadOnlyList<byte[]> Recorded() => [.. FuzzSeeds.Golden("sae/dictionary_learning", "ae.pt"), .. FuzzSeeds.Golden("sae/openai", "*.pt")];

    private static bool IsZip(byte[] bytes) => bytes.AsSpan().StartsWith("PK"u8);

    /// <summary>A frame, short texts, nested containers, numbers of all sizes, bytes.</summary>
    private static byte[] Values()
    {
        byte[] body =
        [
            .. TorchBuilder.Bytes("}\u0094(\u008c\u0001a\u008c\u0001x\u008c\u0001b]\u0094(K\u0001M\u0001\u0002J\u0001\u0002\u0003\u0004NC\u0001xe\u008c\u0001c\u008c\u000bcollections\u008c\u000bOrderedDict\u0093)R}\u008c\u0001d\u0088sb"),
            .. TorchBuilder.Bytes("\u008c\u0001w"), .. TorchBuilder.Tensor([2, 2, 3], [6, 1, 2]), .. TorchBuilder.Bytes("u."),
        ];
        return [.. TorchBuilder.Bytes("\u0080\u0004\u0095"), .. BitConverter.GetBytes((long)body.Length), .. body];
    }
}

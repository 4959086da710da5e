using System.Buffers.Binary;
using System.Numerics;

namespace Saltus.Formats;

/// <summary>
/// The container of torch before 1.6: pickles of a magic number, a version, the writer's byte order, the value and the keys of the
/// storages, then for each key the number of its elements (int64) and the elements.
/// </summary>
/// <param name="file">The mapping.</param>
/// <param name="records">Gets the ranges of the storages.</param>
internal sealed class TorchStream(MappedFile file, List<TorchBytes> records)
{
    private const long Version = 1001;
    private static readonly BigInteger s_magic = BigInteger.Parse("119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Reads the value and attaches the storages.</summary>
    public object? Read()
    {
        // The pickles lie in front; how long they are only reading them says.
        ReadOnlySpan<byte> bytes = file.Bytes(0, (int)Math.Min(file.Length, TorchLimits.MaxPickleBytes));
        if (bytes[0] != (byte)PickleOpcode.Protocol)
        {
            throw Fail(TorchError.NotTorch, "expected a file of torch.save, found neither a zip archive nor a pickle");
        }

        int position = 0;
        if (Next(bytes, ref position, new TorchObjects(file.Path)) is not BigInteger magic || magic != s_magic)
        {
            throw Fail(TorchError.NotTorch, "expected a file of torch.save, found a bare pickle, which holds no tensors");
        }

        if (Next(bytes, ref position, new TorchObjects(file.Path)) is not Version)
        {
            throw Fail(TorchError.VersionUnsupported, $"expected version {Version} of the older container, found another");
        }

        object? system = Next(bytes, ref position, new TorchObjects(file.Path));
        if (system is not PickleDictionary facts || facts.Entries.GetValueOrDefault("little_endian") is not bool isLittle)
        {
            throw Fail(TorchError.ByteOrderUnknown, "expected the writer's byte order, found none");
        }

        TorchObjects objects = new(file.Path);
        object? value = Next(bytes, ref position, objects);
        if (Next(bytes, ref position, new TorchObjects(file.Path)) is not PickleList { IsTuple: false } keys)
        {
            throw Fail(TorchError.StorageInvalid, "expected a list of storage keys behind the value, found another value");
        }

        AttachAll(keys, objects, position, !isLittle);
        return value;
    }

    private object? Next(ReadOnlySpan<byte> bytes, ref int position, TorchObjects objects)
    {
        PickleReader reader = new(bytes, position, file.Path, objects);
        object? value = reader.Read();
        position = reader.Position;
        return value;
    }

    private void AttachAll(PickleList keys, TorchObjects objects, long position, bool isBigEndian)
    {
        HashSet<string> attached = new(StringComparer.Ordinal);
        foreach (object? item in keys.Items)
        {
            if (item is not string key || !objects.Storages.TryGetValue(key, out TorchStorage? storage) || !attached.Add(key))
            {
                throw Fail(TorchError.StorageInvalid, $"expected each storage of the value once, found {(item is string name ? $"'{TorchObjects.Quote(name)}'" : TorchObjects.Describe(item))}");
            }

            if (position > file.Length - sizeof(long))
            {
                throw Fail(TorchError.StorageInvalid, $"storage {key}: expected its length at byte {position}, found the end of the file");
            }

            int size = storage.Dtype?.ByteSize() ?? 1;
            long count = BinaryPrimitives.ReadInt64LittleEndian(file.Bytes(position, sizeof(long)));
            position += sizeof(long);
            if (count != storage.ByteLength / size || storage.ByteLength > file.Length - position)
            {
                throw Fail(TorchError.StorageInvalid, $"storage {key}: expected {storage.ByteLength / size} elements, found {count} announced and {file.Length - position} bytes left");
            }

            TorchBytes bytes = new(file, position, storage.ByteLength);
            records.Add(bytes);
            storage.Attach(bytes, isBigEndian);
            position += storage.ByteLength;
        }

        if (attached.Count != objects.Storages.Count || position != file.Length)
        {
            throw Fail(TorchError.StorageInvalid, $"expected {objects.Storages.Count} storages that end the file, found {attached.Count} and {file.Length - position} bytes behind them");
        }
    }

    private TorchFormatException Fail(TorchError error, string message) => new(error, $"'{file.Path}': {message}");
}

using System.Globalization;

namespace Saltus.Formats;

/// <summary>
/// An open torch file: its one value, and the bytes of the storages that its tensors are views of. Two containers: the zip archive of
/// torch 1.6 and newer, and the stream of pickles before it. What neither torch.save wrote is refused.
/// </summary>
internal sealed class TorchArchive : IDisposable
{
    private const string PickleRecord = "data.pkl";
    private const string StorageFolder = "data/";
    private const int NewestVersion = 10;
    private const int LongestRecord = 16;
    private readonly List<TorchBytes> _records = [];

    private TorchArchive(MappedFile file)
    {
        File = file;
        if (file.Length == 0)
        {
            throw new TorchFormatException(TorchError.NotTorch, $"'{file.Path}': expected a file of torch.save, found an empty one");
        }

        Value = file.Bytes(0, (int)Math.Min(2, file.Length)).SequenceEqual("PK"u8) ? ReadZip() : new TorchStream(file, _records).Read();
    }

    public MappedFile File { get; }

    /// <summary>What was saved.</summary>
    public object? Value { get; }

    /// <exception cref="InputException">The file cannot be read.</exception>
    /// <exception cref="TorchFormatException">It is no torch file of tensors and plain values.</exception>
    public static TorchArchive Open(string path)
    {
        MappedFile file = MappedFile.Open(path);
        try
        {
            return new TorchArchive(file);
        }
        catch (NpzFormatException exception)
        {
            file.Dispose();
            throw TorchFormatException.Archive(exception);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (TorchBytes record in _records)
        {
            record.Dispose();
        }

        File.Dispose();
    }

    private object? ReadZip()
    {
        List<ZipEntry> entries = ZipDirectory.Read(File);
        string[] pickles = [.. entries.Select(entry => entry.Name).Where(name => name.Count(c => c == '/') == 1 && name.EndsWith("/" + PickleRecord, StringComparison.Ordinal))];
        if (pickles.Length != 1)
        {
            throw Fail(TorchError.RecordMissing, $"expected one record {PickleRecord} in a folder, found {pickles.Length}; save the file with torch.save");
        }

        string folder = pickles[0][..^PickleRecord.Length];
        ZipEntry? stranger = entries.Find(entry => !entry.Name.StartsWith(folder, StringComparison.Ordinal));
        if (stranger is not null)
        {
            throw Fail(TorchError.ContainerInvalid, $"expected all records in '{folder}', found '{TorchObjects.Quote(stranger.Name)}'");
        }

        Dictionary<string, ZipEntry> records = entries.ToDictionary(entry => entry.Name[folder.Length..], StringComparer.Ordinal);
        string version = Text(records, "version") ?? throw Fail(TorchError.RecordMissing, "expected a record 'version', found none; save the file with torch.save");
        if (!int.TryParse(version.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number is < 1 or > NewestVersion)
        {
            throw Fail(TorchError.VersionUnsupported, $"expected version 1 to {NewestVersion} of the container, found '{version.Trim()}'");
        }

        string order = Text(records, "byteorder") ?? "little";
        if (order is not ("little" or "big"))
        {
            throw Fail(TorchError.ByteOrderUnknown, $"expected byte order 'little' or 'big', found '{order}'");
        }

        TorchObjects objects = new(File.Path);
        object? value = ReadPickle(records[PickleRecord], objects);
        foreach (TorchStorage storage in objects.Storages.Values)
        {
            Attach(storage, records.GetValueOrDefault(StorageFolder + storage.Key), order == "big");
        }

        return value;
    }

    private object? ReadPickle(ZipEntry entry, TorchObjects objects)
    {
        long most = entry.IsDeflated ? Math.Min(TorchLimits.MaxPickleBytes, entry.CompressedLength * TorchLimits.MaxPickleInflation) : TorchLimits.MaxPickleBytes;
        if (entry.Length > most)
        {
            throw Fail(TorchError.LimitExceeded, $"expected a pickle of at most {most} bytes, found {entry.Length}");
        }

        using TorchBytes bytes = new(File, entry);
        PickleReader reader = new(bytes.Span(0, (int)entry.Length), 0, File.Path, objects);
        object? value = reader.Read();
        return reader.Position == entry.Length
            ? value
            : throw Fail(TorchError.PickleInvalid, $"expected the pickle to end after {reader.Position} bytes, found {entry.Length}");
    }

    private void Attach(TorchStorage storage, ZipEntry? entry, bool isBigEndian)
    {
        if (entry is null || entry.Length != storage.ByteLength)
        {
            string found = entry is null ? "no such record" : $"{entry.Length}";
            throw Fail(TorchError.StorageInvalid, $"storage {storage.Key}: expected a record of {storage.ByteLength} bytes, found {found}");
        }

        if (isBigEndian && storage.Dtype is null)
        {
            throw Fail(TorchError.DtypeUnsupported, $"storage {storage.Key}: bytes without an element type cannot be read in big-endian order; save it on a little-endian machine");
        }

        TorchBytes bytes = new(File, entry);
        _records.Add(bytes);
        storage.Attach(bytes, isBigEndian);
    }

    private string? Text(Dictionary<string, ZipEntry> records, string name)
    {
        if (!records.TryGetValue(name, out ZipEntry? entry))
        {
            return null;
        }

        if (entry.Length > LongestRecord)
        {
            throw Fail(TorchError.ContainerInvalid, $"record '{name}': expected at most {LongestRecord} bytes, found {entry.Length}");
        }

        using TorchBytes bytes = new(File, entry);
        return System.Text.Encoding.Latin1.GetString(bytes.Span(0, (int)entry.Length));
    }

    private TorchFormatException Fail(TorchError error, string message) => new(error, $"'{File.Path}': {message}");
}

using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace Saltus.Formats;

/// <summary>
/// The header of a safetensors file: eight bytes of length, then a JSON object {name: {dtype, shape, data_offsets}, "__metadata__":
/// {string: string}}, then the data, which the tensors must cover exactly. Whatever is ambiguous is refused.
/// </summary>
internal sealed class SafetensorsHeader
{
    public const int LengthBytes = 8;
    public const string MetadataKey = "__metadata__";
    private readonly string _path;
    private readonly long _dataStart;
    private readonly long _dataLength;
    private readonly Dictionary<string, string> _metadata = [];
    private readonly Dictionary<string, TensorInfo> _byName = [];
    private bool _hasMetadata;

    private SafetensorsHeader(string path, long dataStart, long dataLength)
    {
        _path = path;
        _dataStart = dataStart;
        _dataLength = dataLength;
    }

    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    public IReadOnlyDictionary<string, TensorInfo> ByName => _byName;

    /// <summary>The tensors in the order of their data.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; private set; } = [];

    /// <summary>Reads and checks the header of a mapped file.</summary>
    /// <exception cref="SafetensorsFormatException">Something is wrong.</exception>
    public static SafetensorsHeader Read(MappedFile file)
    {
        if (file.Length < LengthBytes)
        {
            throw Fail(SafetensorsError.FileTooShort, file.Path, $"expected at least {LengthBytes} bytes, found {file.Length}");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(file.Bytes(0, LengthBytes));
        if (length > SafetensorsLimits.MaxHeaderBytes)
        {
            throw Fail(SafetensorsError.HeaderTooLarge, file.Path, $"expected a header of at most {SafetensorsLimits.MaxHeaderBytes} bytes, found {length}");
        }

        if ((long)length > file.Length - LengthBytes)
        {
            throw Fail(SafetensorsError.HeaderBeyondEnd, file.Path, $"the header is said to be {length} bytes long, the file has {file.Length}; it may be cut short");
        }

        ReadOnlySpan<byte> json = file.Bytes(LengthBytes, (int)length);
        if (!Utf8.IsValid(json))
        {
            throw Fail(SafetensorsError.HeaderNotUtf8, file.Path, "the header is not valid UTF-8");
        }

        if (json.IsEmpty || json[0] != (byte)'{')
        {
            throw Fail(SafetensorsError.HeaderNotObject, file.Path, "expected a header that begins with '{'; this is not a safetensors file");
        }

        long dataStart = LengthBytes + (long)length;
        SafetensorsHeader header = new(file.Path, dataStart, file.Length - dataStart);
        try
        {
            header.Parse(json);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escape that is half of a surrogate pair.
            string reason = exception.Message.ReplaceLineEndings(" ");
            throw new SafetensorsFormatException(SafetensorsError.HeaderNotJson, $"'{file.Path}': the header is not JSON: {reason}", exception);
        }

        header.CheckCoverage();
        return header;
    }

    private static SafetensorsFormatException Fail(SafetensorsError error, string path, string message) => new(error, $"'{path}': {message}");

    private SafetensorsFormatException FailTensor(SafetensorsError error, string name, string message) =>
        new(error, $"tensor '{name.ReplaceLineEndings(" ")}' in '{_path}': {message}");

    private void Parse(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (name == MetadataKey)
            {
                ParseMetadata(ref reader);
            }
            else if (!_byName.TryAdd(name, ParseEntry(name, ref reader)))
            {
                throw FailTensor(SafetensorsError.DuplicateKey, name, "the header names it twice");
            }
        }

        // Whatever but blanks follows the object makes the reader throw here.
        while (reader.Read())
        {
        }
    }

    private void ParseMetadata(ref Utf8JsonReader reader)
    {
        if (_hasMetadata)
        {
            throw Fail(SafetensorsError.DuplicateKey, _path, $"the header has {MetadataKey} twice");
        }

        _hasMetadata = true;
        bool valid = reader.TokenType == JsonTokenType.StartObject;
        while (valid && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            valid = reader.TokenType == JsonTokenType.String;
            if (valid && !_metadata.TryAdd(key, reader.GetString()!))
            {
                throw Fail(SafetensorsError.DuplicateKey, _path, $"the metadata has a key twice: {key.ReplaceLineEndings(" ")}");
            }
        }

        if (!valid)
        {
            throw Fail(SafetensorsError.MetadataInvalid, _path, $"{MetadataKey}: expected strings only, found {reader.TokenType}");
        }
    }

    private TensorInfo ParseEntry(string name, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw FailTensor(SafetensorsError.EntryInvalid, name, $"expected an object with dtype, shape and data_offsets, found {reader.TokenType}");
        }

        string? dtypeName = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        HashSet<string> seen = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            if (!seen.Add(key))
            {
                throw FailTensor(SafetensorsError.DuplicateKey, name, $"its entry has '{key.ReplaceLineEndings(" ")}' twice");
            }

            reader.Read();
            switch (key)
            {
                case "dtype" when reader.TokenType == JsonTokenType.String:
                    dtypeName = reader.GetString();
                    break;
                case "shape":
                    shape = ParseIntegers(name, key, SafetensorsLimits.MaxRank, ref reader);
                    break;
                case "data_offsets":
                    offsets = ParseIntegers(name, key, 2, ref reader);
                    break;
                case "dtype":
                    throw FailTensor(SafetensorsError.EntryInvalid, name, $"dtype: expected a string, found {reader.TokenType}");
                default:
                    reader.Skip();
                    break;
            }
        }

        if (dtypeName is null || shape is null || offsets?.Count != 2)
        {
            throw FailTensor(SafetensorsError.EntryInvalid, name, "expected dtype, shape and two data_offsets, found one of them missing");
        }

        return TensorDtypes.TryParse(dtypeName, out TensorDtype dtype)
            ? CreateTensor(name, dtype, shape, offsets[0], offsets[1])
            : throw FailTensor(SafetensorsError.DtypeUnknown, name, $"dtype: expected one of F32, F16, BF16, F64, …, found '{dtypeName.ReplaceLineEndings(" ")}'");
    }

    private List<long> ParseIntegers(string name, string key, int maxCount, ref Utf8JsonReader reader)
    {
        bool valid = reader.TokenType == JsonTokenType.StartArray;
        List<long> values = [];
        while (valid && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            valid = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long value) && value >= 0;
            values.Add(valid ? reader.GetInt64() : 0);
            if (values.Count > maxCount)
            {
                SafetensorsError error = key == "shape" ? SafetensorsError.RankTooLarge : SafetensorsError.EntryInvalid;
                throw FailTensor(error, name, $"{key}: expected at most {maxCount} numbers, found more");
            }
        }

        return valid ? values : throw FailTensor(SafetensorsError.EntryInvalid, name, $"{key}: expected a list of integers from 0 to 2^63 − 1, found otherwise");
    }

    private TensorInfo CreateTensor(string name, TensorDtype dtype, List<long> shape, long start, long end)
    {
        Int128 size = dtype.ByteSize();
        foreach (long dimension in shape)
        {
            // Below 2^63 before, so below 2^126 after: cannot overflow.
            size *= dimension;
            if (size > long.MaxValue)
            {
                throw FailTensor(SafetensorsError.ShapeTooLarge, name, $"shape {TensorInfo.DescribeShape(shape)} of {dtype.Name()} is beyond 2^63 bytes");
            }
        }

        if (end < start)
        {
            throw FailTensor(SafetensorsError.OffsetsInvalid, name, $"data_offsets: expected start ≤ end, found [{start}, {end}]");
        }

        if (size != end - start)
        {
            throw FailTensor(SafetensorsError.SizeMismatch, name, $"{dtype.Name()} {TensorInfo.DescribeShape(shape)} needs {size} bytes, data_offsets [{start}, {end}] hold {end - start}");
        }

        return end <= _dataLength
            ? new TensorInfo(name, dtype, shape.ToArray(), _dataStart + start, end - start)
            : throw FailTensor(SafetensorsError.DataTruncated, name, $"ends at byte {end} of the data, which has only {_dataLength}; the file may be cut short");
    }

    private void CheckCoverage()
    {
        TensorInfo[] ordered = [.. _byName.Values.OrderBy(tensor => tensor.Start).ThenBy(tensor => tensor.ByteLength)];
        long position = _dataStart;
        foreach (TensorInfo tensor in ordered)
        {
            if (tensor.Start != position)
            {
                SafetensorsError error = tensor.Start < position ? SafetensorsError.Overlap : SafetensorsError.Hole;
                string what = error == SafetensorsError.Overlap ? "shares bytes with another tensor" : "bytes before it belong to no tensor";
                throw FailTensor(error, tensor.Name, $"expected to start at byte {position} of the file, found {tensor.Start}: {what}");
            }

            position += tensor.ByteLength;
        }

        if (position != _dataStart + _dataLength)
        {
            throw Fail(SafetensorsError.TrailingBytes, _path, $"expected {position} bytes by the header, found {_dataStart + _dataLength}");
        }

        Tensors = ordered;
    }
}

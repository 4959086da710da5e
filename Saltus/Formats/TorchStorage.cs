namespace Saltus.Formats;

/// <summary>One block of memory that tensors are views of, as the pickle names it; the container attaches its bytes.</summary>
/// <param name="key">Its name in the container.</param>
/// <param name="dtype">Element type; null for one of bytes, whose tensors say theirs.</param>
/// <param name="byteLength">Bytes.</param>
internal sealed class TorchStorage(string key, TensorDtype? dtype, long byteLength)
{
    private TorchBytes? _bytes;

    public string Key { get; } = key;

    public TensorDtype? Dtype { get; } = dtype;

    public long ByteLength { get; } = byteLength;

    /// <summary>Where the bytes are.</summary>
    public TorchBytes Bytes => _bytes ?? throw new InvalidOperationException($"storage {Key} has no bytes");

    /// <summary>Whether elements have their most significant byte first.</summary>
    public bool IsBigEndian { get; private set; }

    public void Attach(TorchBytes bytes, bool isBigEndian) => (_bytes, IsBigEndian) = (bytes, isBigEndian);
}

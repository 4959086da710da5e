namespace Saltus.Formats;

/// <summary>What the directory of a zip file says about one file in it, checked against the file's own header.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsDeflated">Deflated, or stored as it is.</param>
/// <param name="Checksum">CRC-32 of the content.</param>
/// <param name="CompressedLength">Bytes in the archive.</param>
/// <param name="Length">Bytes of the content.</param>
/// <param name="HeaderStart">Offset of its own header.</param>
/// <param name="DataStart">Offset of its bytes.</param>
internal sealed record ZipEntry(string Name, bool IsDeflated, uint Checksum, long CompressedLength, long Length, long HeaderStart, long DataStart);

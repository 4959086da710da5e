using System.Security.Cryptography;
using System.Text;

namespace Saltus.Cli.Hub;

/// <summary>
/// Whether a content is what its tag says: 64 hexadecimal digits are its SHA-256, 40 the SHA-1 of the git blob ("blob SIZE", a zero byte, then the
/// content); of any other tag only the size can be checked.
/// </summary>
internal sealed class BlobCheck : IDisposable
{
    private const int Sha256Digits = 64;
    private const int GitDigits = 40;

    private readonly IncrementalHash? _hash;
    private readonly string _tag;

    /// <summary>Begins before the first byte.</summary>
    /// <param name="file">What is expected.</param>
    public BlobCheck(HubFile file)
    {
        _tag = file.Tag;
        bool isHexadecimal = file.Tag.All(char.IsAsciiHexDigitLower);
        if (isHexadecimal && file.Tag.Length == Sha256Digits)
        {
            _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        }
        else if (isHexadecimal && file.Tag.Length == GitDigits)
        {
            _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
            _hash.AppendData(Encoding.ASCII.GetBytes($"blob {file.Bytes}\0"));
        }
    }

    /// <summary>Adds the next bytes.</summary>
    public void Append(ReadOnlySpan<byte> content) => _hash?.AppendData(content);

    /// <summary>Gets what was found in place of the tag; null where the content is the right one. Ends the check.</summary>
    public string? Mismatch()
    {
        string found = _hash is null ? _tag : Convert.ToHexStringLower(_hash.GetHashAndReset());
        return found == _tag ? null : found;
    }

    /// <inheritdoc/>
    public void Dispose() => _hash?.Dispose();
}

using System.Text;

namespace Saltus.Lm.Activations;

/// <summary>Lines of a stream as bytes, without their line ends; a byte order mark at the start is skipped.</summary>
internal sealed class Utf8Lines(Stream stream, string file) : IDisposable
{
    /// <summary>Longest line or text file, in bytes: half of what a string of the runtime can hold.</summary>
    public const int MaxBytes = 1 << 29;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _begun;

    /// <summary>Number of the line read last, 1-based.</summary>
    public long LineNumber { get; private set; }

    /// <summary>Reads the next line; false at the end. It is valid until the next call.</summary>
    public bool TryRead(out ReadOnlyMemory<byte> line)
    {
        int searched = 0;
        while (true)
        {
            int found = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                line = _buffer.AsMemory(_start, searched + found);
                _start += searched + found + 1;
                LineNumber++;
                return true;
            }

            searched = _end - _start;
            if (!Fill())
            {
                line = _buffer.AsMemory(_start, searched);
                _start = _end;
                LineNumber += searched > 0 ? 1 : 0;
                return searched > 0;
            }
        }
    }

    /// <summary>Reads everything as text.</summary>
    public string ReadAll()
    {
        while (Fill())
        {
        }

        try
        {
            return s_strict.GetString(_buffer, _start, _end - _start);
        }
        catch (DecoderFallbackException exception)
        {
            throw new DocumentException(DocumentError.NotUtf8, $"'{file}': expected UTF-8 text, found other bytes at {exception.Index}", exception);
        }
    }

    public void Dispose() => stream.Dispose();

    /// <summary>Reads some more bytes behind those that are there; false at the end of the stream.</summary>
    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            if (_end >= MaxBytes)
            {
                throw new DocumentException(
                    DocumentError.TooLong, $"'{file}' line {LineNumber + 1}: expected at most {MaxBytes} bytes in a document, found more; split it");
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        int count = ReadSome();
        _end += count;
        if (!_begun && count > 0)
        {
            // The mark is three bytes: wait for them, a stream may give them one by one.
            while (_end < 3 && (count = ReadSome()) > 0)
            {
                _end += count;
            }

            _begun = true;
            _start = _buffer.AsSpan(0, _end).StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
            return true;
        }

        return count > 0;
    }

    private int ReadSome()
    {
        try
        {
            return stream.Read(_buffer, _end, _buffer.Length - _end);
        }
        catch (InvalidDataException exception)
        {
            throw new DocumentException(
                DocumentError.DamagedCompression, $"'{file}' after line {LineNumber}: expected compressed data, found it damaged or cut short; fetch the file again", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DocumentException(DocumentError.Unreadable, $"'{file}': cannot be read: {exception.Message}", exception);
        }
    }
}

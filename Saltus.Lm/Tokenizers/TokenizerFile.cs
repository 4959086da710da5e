using System.IO.Compression;

namespace Saltus.Lm.Tokenizers;

/// <summary>Finds and reads the bytes of a tokenizer.json, packed or not.</summary>
internal static class TokenizerFile
{
    /// <summary>Above every published tokenizer by an order of magnitude: a packed file must not unpack without end.</summary>
    public const int MaxBytes = 512 << 20;

    private static readonly string[] s_names = ["tokenizer.json", "tokenizer.json.gz"];

    /// <summary>The file that <paramref name="path"/> means: itself, or the tokenizer.json(.gz) in it when it is a folder.</summary>
    public static string Find(string path)
    {
        if (Directory.Exists(path))
        {
            foreach (string name in s_names)
            {
                string file = Path.Combine(path, name);
                if (File.Exists(file))
                {
                    return file;
                }
            }

            TokenizerFormatException.Throw(
                TokenizerError.NotFound,
                $"folder '{path}': expected tokenizer.json or tokenizer.json.gz in it, found neither; pass the file itself");
        }

        if (!File.Exists(path))
        {
            TokenizerFormatException.Throw(TokenizerError.NotFound, $"tokenizer '{path}': no such file or folder");
        }

        return path;
    }

    /// <summary>The whole file, unpacked when it begins with gzip's magic.</summary>
    public static ReadOnlyMemory<byte> Read(string file)
    {
        try
        {
            using FileStream stream = File.OpenRead(file);
            if (stream.Length > MaxBytes)
            {
                ThrowTooLarge(file);
            }

            bool packed = stream.Length > 2 && stream.ReadByte() == 0x1F && stream.ReadByte() == 0x8B;
            stream.Position = 0;
            if (!packed)
            {
                byte[] bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                return bytes;
            }

            using var unpacked = new GZipStream(stream, CompressionMode.Decompress);
            using var buffer = new MemoryStream((int)Math.Min(stream.Length * 6, MaxBytes));
            byte[] block = new byte[1 << 16];
            for (int count = unpacked.Read(block); count > 0; count = unpacked.Read(block))
            {
                if (buffer.Length + count > MaxBytes)
                {
                    ThrowTooLarge(file);
                }

                buffer.Write(block, 0, count);
            }

            return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new TokenizerFormatException(TokenizerError.Unreadable, $"tokenizer '{file}': cannot be read: {exception.Message}", exception);
        }
    }

    private static void ThrowTooLarge(string file) => TokenizerFormatException.Throw(
        TokenizerError.TooLarge,
        $"tokenizer '{file}': expected at most {MaxBytes >> 20} MiB of JSON, found more; this is no tokenizer");
}

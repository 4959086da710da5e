using System.IO.Compression;
using System.Text;
using Saltus.Formats;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Formats;

public sealed class GzipReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Content_of_any_length_and_compressibility_comes_back()
    {
        RandomSource random = new(1, "test");
        foreach (int length in new[] { 0, 1, 2, 100, 8191, 8192, 8193, 70_000, 300_000 })
        {
            foreach (int values in new[] { 1, 4, 256 })
            {
                foreach (CompressionLevel level in new[] { CompressionLevel.NoCompression, CompressionLevel.Fastest, CompressionLevel.Optimal })
                {
                    byte[] content = [.. Enumerable.Range(0, length).Select(_ => (byte)random.NextInt(values))];
                    Assert.True(content.AsSpan().SequenceEqual(Read(Pack(content, level))), $"{length} bytes of {values} values at {level}");
                }
            }
        }
    }

    [Fact]
    public void Several_members_are_one_content_and_zeros_behind_them_are_padding()
    {
        byte[] a = Encoding.UTF8.GetBytes(new string('a', 10_000));
        byte[] b = [.. "and more"u8];
        byte[] packed = [.. Pack(a, CompressionLevel.Optimal), .. Pack([], CompressionLevel.Fastest), .. Pack(b, CompressionLevel.Fastest)];
        Assert.Equal([.. a, .. b], Read(packed));
        Assert.Equal([.. a, .. b], Read([.. packed, .. new byte[512]]));
        Assert.Throws<InvalidDataException>(() => Read([.. packed, .. "garbage behind the end"u8]));
    }

    [Fact]
    public void The_optional_parts_of_a_header_are_passed_over()
    {
        byte[] packed = Pack([.. "text"u8], CompressionLevel.Fastest);
        byte[] header = [0x1F, 0x8B, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3];
        Assert.Equal([.. "text"u8], Read([.. header, 3, 0, 9, 9, 9, .. "name\0comment\0"u8, 7, 7, .. packed.AsSpan(10)]));
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] packed = Pack(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 300).Select(i => $"{i * 7919} "))), CompressionLevel.Optimal);
        for (int length = 0; length < packed.Length; length++)
        {
            int cut = length;
            Exception? exception = Record.Exception(() => Read(packed[..cut]));
            Assert.True(exception is InvalidDataException, $"cut at {length} of {packed.Length}: {exception?.GetType().Name ?? "no error"}");
        }
    }

    [Fact]
    public void A_changed_byte_is_refused_unless_the_same_content_comes_out()
    {
        // A reference to an earlier occurrence can be changed into one to another occurrence of the same characters.
        byte[] content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 300).Select(i => $"{i * 7919} ")));
        byte[] packed = Pack(content, CompressionLevel.Optimal);
        for (int i = 10; i < packed.Length; i++)
        {
            byte[] damaged = [.. packed];
            damaged[i] ^= 0x10;
            byte[]? read = null;
            Exception? exception = Record.Exception(() => read = Read(damaged));
            bool harmless = read is not null && content.AsSpan().SequenceEqual(read);
            Assert.True(exception is InvalidDataException || harmless, $"byte {i} of {packed.Length}: {exception?.GetType().Name ?? "no error"}");
        }
    }

    public void Dispose() => _folder.Dispose();

    private static byte[] Pack(byte[] content, CompressionLevel level)
    {
        if (content.Length == 0)
        {
            // The framework writes nothing at all where there is nothing to write; gzip itself writes this.
            return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        }

        using MemoryStream memory = new();
        using (GZipStream gzip = new(memory, level, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return memory.ToArray();
    }

    private byte[] Read(byte[] packed)
    {
        string path = Path.Combine(_folder.Path, "a.gz");
        File.WriteAllBytes(path, packed);
        using GzipReader reader = GzipReader.Open(path);
        using MemoryStream memory = new();
        reader.CopyTo(memory);
        return memory.ToArray();
    }
}

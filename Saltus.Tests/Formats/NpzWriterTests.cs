using System.IO.Compression;
using Saltus.Formats;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Formats;

/// <summary>Archives of arrays: the bytes of numpy.savez.</summary>
public sealed class NpzWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("once", "yes")]
    public void Arrays_beyond_2_and_4_GiB_have_sizes_and_places_of_64_bits_that_other_readers_read_too()
    {
        const long Elements = (1L << 29) + 3;
        string path = _folder["large.npz"];
        NpzWriter writer = new();
        writer.Add("first", TensorDtype.F32, [1L << 20, 512], (_, _) => { }).Add("second", TensorDtype.F32, [Elements], Last).Add("small", TensorDtype.F32, [3], (_, values) => values.Fill(7));
        using (SparseStream stream = new(path))
        {
            writer.Write(stream);
        }

        using (ZipArchive archive = ZipFile.OpenRead(path))
        {
            Assert.Equal(["first.npy", "second.npy", "small.npy"], archive.Entries.Select(entry => entry.FullName));
            Assert.Equal((Elements * sizeof(float)) + 128, archive.Entries[1].Length);
            using Stream small = archive.Entries[2].Open();
            byte[] bytes = new byte[archive.Entries[2].Length];
            small.ReadExactly(bytes);
            Assert.Equal(7f, BitConverter.ToSingle(bytes, bytes.Length - sizeof(float)));
        }

        using NpzFile file = NpzFile.Open(path);
        Assert.Equal([7f, 7, 7], file.ReadFloat32("small"));
        Assert.True(new FileInfo(path).Length > uint.MaxValue);

        // Reading a part looks at the checksum of the whole first: two GiB of zeros and a number.
        float[] end = new float[4];
        file.ReadFloat32(file.Require("second"), Elements - end.Length, end);
        Assert.Equal([0f, 0, 0, 5], end);
        using Matrix? mapped = ((IMappedTensors)file).TryMap(file.Require("first"), 1 << 20, 512);
        Assert.NotNull(mapped);

        static void Last(long first, Span<float> values)
        {
            values.Clear();
            if (first + values.Length == Elements)
            {
                values[^1] = 5;
            }
        }
    }

    [Fact]
    public void Stored_archives_of_numpy_are_written_again_byte_by_byte()
    {
        int compared = 0;
        foreach (string path in Fixtures.Roots.Select(root => Path.Combine(root, "sae", "gemma_scope")).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.npz", SearchOption.AllDirectories)))
        {
            byte[] theirs = File.ReadAllBytes(path);
            const int MethodOffset = 8;
            if (theirs[MethodOffset] != 0)
            {
                // Deflated: savez_compressed, which is not written.
                continue;
            }

            using (NpzFile file = NpzFile.Open(path))
            {
                NpzWriter writer = new();
                foreach (TensorInfo tensor in file.Tensors)
                {
                    writer.Add(tensor.Name, tensor.Dtype, [.. tensor.Shape], (first, values) => file.ReadFloat32(tensor, first, values));
                }

                writer.Write(_folder["again.npz"]);
            }

            Assert.True(theirs.AsSpan().SequenceEqual(File.ReadAllBytes(_folder["again.npz"])), path);
            compared++;
        }

        Assert.True(compared > 0);
    }

    [Fact]
    public void What_is_written_is_read_back_and_a_name_is_taken_once()
    {
        float[] values = [1, -2, 0.5f, float.MaxValue];
        NpzWriter writer = new NpzWriter().Add("a", TensorDtype.F32, [2, 2], (first, destination) => values.AsSpan((int)first, destination.Length).CopyTo(destination));
        Assert.Throws<ArgumentException>(() => writer.Add("a", TensorDtype.F32, [1], (_, _) => { }));
        Assert.Throws<ArgumentException>(() => writer.Add("b", TensorDtype.BF16, [1], (_, _) => { }));
        writer.Add("empty", TensorDtype.F16, [0], (_, _) => { });
        writer.Write(_folder["a.npz"]);
        using NpzFile file = NpzFile.Open(_folder["a.npz"]);
        Assert.Equal(["a", "empty"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal(values, file.ReadFloat32(file.Find("a")!));
        Assert.Empty(file.ReadFloat32(file.Find("empty")!));
    }
}

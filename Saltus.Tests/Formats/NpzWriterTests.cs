using Saltus.Formats;
using Saltus.Tests.Support;

namespace Saltus.Tests.Formats;

/// <summary>Archives of arrays: the bytes of numpy.savez.</summary>
public sealed class NpzWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

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

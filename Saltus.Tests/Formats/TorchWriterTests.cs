using System.Text;
using Saltus.Formats;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Formats;

public class TorchWriterTests
{
    private const int Alignment = 64;

    /// <summary>Protocol 2, an empty dictionary, remembered.</summary>
    private static readonly byte[] s_dictionary = [0x80, 2, (byte)'}', (byte)'q', 0];

    [Fact]
    public void What_torch_saved_is_written_again_byte_for_byte_but_for_the_identity_of_the_saving()
    {
        int compared = 0;
        foreach (string path in TorchCases.Sound())
        {
            byte[] theirs = File.ReadAllBytes(path);
            using TorchFile file = TorchFile.Open(path);

            // Saved as a plain dictionary by torch's own archive writer, each tensor with a storage of its own.
            bool isPlain = theirs.AsSpan().StartsWith("PK\u0003\u0004\u0000\u0000\u0008\u0008"u8) && theirs.AsSpan(Alignment).StartsWith(s_dictionary) && file.OtherNames.Count == 0
                && file.Tensors.Select(tensor => tensor.Start).Distinct().Count() == file.Tensors.Count
                && file.Tensors.All(tensor => theirs.AsSpan((int)(tensor.Start + tensor.ByteLength), 2).SequenceEqual("PK"u8));
            if (!isPlain)
            {
                continue;
            }

            int nameLength = theirs[26];
            string folder = Encoding.UTF8.GetString(theirs.AsSpan(30, nameLength)).Split('/')[0];
            TorchFileWriter writer = new(folder);
            foreach (TensorInfo tensor in file.Tensors)
            {
                Copy(file, tensor, writer);
            }

            using MemoryStream stream = new();
            writer.Write(stream);
            byte[] ours = stream.ToArray();
            Assert.Equal(Masked(theirs, folder), Masked(ours, folder));
            compared++;
        }

        Assert.True(compared > 0);
    }

    [Fact]
    public void Equal_content_gives_equal_bytes_and_is_read_back()
    {
        using TemporaryFolder folder = new();
        using Matrix matrix = Matrix.FromRows(3, 2, [1, 2, 3, 4, 5, 6]);
        float[] vector = [0.5f, -1.25f, 3];
        foreach (string name in new[] { "a.pt", "b.pt" })
        {
            new TorchFileWriter()
                .Add("m", matrix)
                .AddTransposed("t", matrix, TensorDtype.F64)
                .Add("é\n", vector, TensorDtype.BF16)
                .AddInt32("k", [], new[] { 7 })
                .AddInt64("sizes", [2, 1, 1, 1], new[] { 1L, 1L << 40 })
                .Add("empty", ReadOnlyMemory<float>.Empty)
                .Write(folder[name]);
        }

        Assert.Equal(File.ReadAllBytes(folder["a.pt"]), File.ReadAllBytes(folder["b.pt"]));
        using TorchFile file = TorchFile.Open(folder["a.pt"]);
        Assert.Equal(["m F32 [3, 2]", "t F64 [2, 3]", "é\n BF16 [3]", "k I32 []", "sizes I64 [2, 1, 1, 1]", "empty F32 [0]"], file.Tensors.Select(tensor => tensor.ToString()));
        Assert.Equal([1, 2, 3, 4, 5, 6], file.ReadFloat32("m"));
        Assert.Equal([1, 3, 5, 2, 4, 6], file.ReadFloat32("t"));
        Assert.Equal([1L, 2L], file.Strides(file.Require("t")));
        Assert.Equal(vector, file.ReadFloat32("é\n"));
        Assert.Equal([7], file.ReadInt32("k"));
        Assert.Equal([1L, 1L << 40], file.ReadInt64("sizes"));
        Assert.Empty(file.ReadFloat32("empty"));
    }

    [Fact]
    public void Thousands_of_tensors_and_large_numbers_take_the_longer_operations()
    {
        using TemporaryFolder folder = new();
        TorchFileWriter writer = new();
        for (int i = 0; i < 2001; i++)
        {
            writer.Add($"t{i}", new float[] { i });
        }

        writer.Add("long", new float[70_000]).Write(folder["a.pt"]);
        using TorchFile file = TorchFile.Open(folder["a.pt"]);
        Assert.Equal(2002, file.Tensors.Count);
        Assert.All(Enumerable.Range(0, 2001), i => Assert.Equal([i], file.ReadFloat32($"t{i}")));
        Assert.Equal(70_000, file.Require("long").ElementCount);
    }

    [Fact]
    [Trait("once", "yes")]
    public void Sizes_and_places_beyond_4_GiB_are_written_and_read()
    {
        using TemporaryFolder folder = new();
        const long Elements = (1L << 30) + 5;
        TorchFileWriter writer = new TorchFileWriter().Add("zeros", TensorDtype.F32, [Elements], (_, _) => { }).Add("small", new float[] { 1, 2, 3 });
        using (SparseStream stream = new(folder["a.pt"]))
        {
            writer.Write(stream);
        }

        using TorchFile file = TorchFile.Open(folder["a.pt"]);
        Assert.Equal(Elements, file.Require("zeros").ElementCount);
        Assert.True(file.Require("small").Start > uint.MaxValue);
        Assert.Equal([1, 2, 3], file.ReadFloat32("small"));
    }

    [Fact]
    public void A_name_twice_a_type_that_is_not_written_and_values_that_are_not_the_shapes_are_refused()
    {
        TorchFileWriter writer = new TorchFileWriter().Add("a", new float[1]);
        Assert.Throws<ArgumentException>(() => writer.Add("a", new float[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("b", new float[1], TensorDtype.I8));
        Assert.Throws<ArgumentException>(() => writer.AddInt32("b", [2], new[] { 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Add("b", TensorDtype.F32, [-1], (_, _) => { }));
    }

    private static void Copy(TorchFile file, TensorInfo tensor, TorchFileWriter writer)
    {
        if (tensor.Dtype == TensorDtype.I32)
        {
            writer.AddInt32(tensor.Name, [.. tensor.Shape], file.ReadInt32(tensor.Name));
        }
        else if (tensor.Dtype == TensorDtype.I64)
        {
            writer.AddInt64(tensor.Name, [.. tensor.Shape], file.ReadInt64(tensor.Name));
        }
        else if (tensor.Shape.Count == 2 && file.Strides(tensor)[0] == 1)
        {
            using Matrix matrix = file.ReadMatrix(tensor);
            float[] stored = matrix.Transpose().Span.ToArray();
            writer.AddTransposed(tensor.Name, tensor.Dtype, tensor.Shape[1], tensor.Shape[0], (first, values) => stored.AsSpan((int)first, values.Length).CopyTo(values));
        }
        else
        {
            float[] values = file.ReadFloat32(tensor);
            writer.Add(tensor.Name, tensor.Dtype, [.. tensor.Shape], (first, destination) => values.AsSpan((int)first, destination.Length).CopyTo(destination));
        }
    }

    /// <summary>The file without the forty digits of ".data/serialization_id", and without their checksums: torch hashes with the C++ library's own function there.</summary>
    private static byte[] Masked(byte[] file, string folder)
    {
        const int Digits = 40;
        byte[] name = Encoding.UTF8.GetBytes($"{folder}/.data/serialization_id");
        byte[] masked = [.. file];
        int local = file.AsSpan().IndexOf(name);
        int content = (local + name.Length + 4 + Alignment - 1) / Alignment * Alignment;
        Assert.All(file[content..(content + Digits)], digit => Assert.InRange(digit, (byte)'0', (byte)'9'));
        masked.AsSpan(content, Digits).Clear();
        masked.AsSpan(content + Digits + 4, 4).Clear();
        masked.AsSpan(file.AsSpan().LastIndexOf(name) - 46 + 16, 4).Clear();
        return masked;
    }
}

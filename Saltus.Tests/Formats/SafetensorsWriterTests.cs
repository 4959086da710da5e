using System.Text;
using CsCheck;
using Saltus.Formats;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Formats;

public class SafetensorsWriterTests
{
    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        using MemoryStream stream = new();
        new SafetensorsWriter()
            .SetMetadata("b", "é").SetMetadata("a", "1")
            .Add("h", new float[] { 1, -2 }, TensorDtype.F16)
            .Add("w", Matrix.FromRows(1, 2, [1, 2]))
            .Write(stream);
        const string Header = """{"__metadata__":{"a":"1","b":"é"},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"h":{"dtype":"F16","shape":[2],"data_offsets":[8,12]}}""";
        byte[] header = Encoding.UTF8.GetBytes(Header);
        byte[] padded = [.. header, .. Enumerable.Repeat((byte)' ', (8 - (header.Length % 8)) % 8)];
        byte[] expected = [(byte)padded.Length, 0, 0, 0, 0, 0, 0, 0, .. padded, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0, 0x3C, 0, 0xC0];
        Assert.Equal(expected, stream.ToArray());
    }

    [Fact]
    public void A_file_that_goes_to_the_disk_while_it_is_written_has_the_bytes_of_one_in_memory()
    {
        const int Columns = 1 << 10;
        using TemporaryFolder folder = new();
        using Matrix matrix = new(5 << 10, Columns);
        for (int i = 0; i < matrix.Span.Length; i++)
        {
            matrix.Span[i] = i;
        }

        SafetensorsWriter writer = new SafetensorsWriter().Add("w", matrix).EndWithChecksum("checksum");
        writer.Write(folder["file"]);
        using MemoryStream memory = new();
        writer.Write(memory);
        Assert.InRange(memory.Length, 2 * WritebackStream.Portion, 3 * WritebackStream.Portion);
        Assert.True(memory.ToArray().AsSpan().SequenceEqual(File.ReadAllBytes(folder["file"])));
    }

    [Fact]
    public void What_is_written_is_read_back_and_the_order_of_calls_does_not_matter() =>
        Gen.Select(Gen.String[1, 8].HashSet[0, 6], Gen.Int[0, 70], Gen.Int[1, 40], Gen.Float)
            .Sample((names, rows, columns, scale) =>
            {
                // A lone surrogate has no UTF-8 form.
                string[] valid = [.. names.Where(name => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name)) == name)];
                using TemporaryFolder folder = new();
                using Matrix matrix = new(rows, columns);
                for (int i = 0; i < matrix.Span.Length; i++)
                {
                    matrix.Span[i] = scale * (i + 1);
                }

                Write(folder["a"], valid, matrix);
                Write(folder["b"], [.. valid.Reverse()], matrix);
                Assert.Equal(File.ReadAllBytes(folder["a"]), File.ReadAllBytes(folder["b"]));
                using SafetensorsFile file = SafetensorsFile.Open(folder["a"]);
                Assert.Equal(valid.Length * 3, file.Tensors.Count);
                foreach (string name in valid)
                {
                    Assert.Equal(name, file.Metadata[name]);
                    using Matrix back = file.ReadMatrix(name);
                    Assert.Equal(matrix.Span, back.Span);
                    Assert.Equal(matrix.Span.ToArray().Select(value => (double)value), file.ReadFloat64($"{name}/wide"));
                    Assert.Equal(Enumerable.Range(0, rows), file.ReadInt32($"{name}/i"));
                    CompareRows(file, name, matrix);
                }
            }, iter: 30, threads: 1);

    [Fact]
    public void Bfloat16_rounds_to_nearest_even_and_keeps_what_is_not_a_number()
    {
        uint[] bits = [0x3F800000, 0x3F808000, 0x3F818000, 0x3F808001, 0x7F7FFFFF, 0x7F800000, 0xFF800001, 0x7FC00000, 0x80000001];
        uint[] expected = [0x3F80, 0x3F80, 0x3F82, 0x3F81, 0x7F80, 0x7F80, 0xFFC0, 0x7FC0, 0x8000];
        byte[] bytes = new byte[2 * bits.Length];
        TensorElements.FromFloat32(TensorDtype.BF16, bits.Select(BitConverter.UInt32BitsToSingle).ToArray(), bytes);
        Assert.Equal(expected, Enumerable.Range(0, bits.Length).Select(i => (uint)BitConverter.ToUInt16(bytes, 2 * i)));
    }

    [Fact]
    public void Every_bfloat16_is_widened_exactly_at_every_length_and_offset()
    {
        byte[] source = [.. Enumerable.Range(0, 65536).SelectMany(code => BitConverter.GetBytes((ushort)code))];
        float[] all = new float[65536];
        TensorElements.ToFloat32(TensorDtype.BF16, source, all);
        Assert.Equal(Enumerable.Range(0, 65536).Select(code => (uint)code << 16), all.Select(BitConverter.SingleToUInt32Bits));
        for (int length = 0; length <= 70; length++)
        {
            float[] part = new float[length];
            TensorElements.ToFloat32(TensorDtype.BF16, source.AsSpan(2 * length, 2 * length), part);
            Assert.Equal(all.AsSpan(length, length).ToArray(), part);
        }
    }

    [Fact]
    public void A_failure_while_writing_leaves_the_old_file_and_nothing_else()
    {
        using TemporaryFolder folder = new();
        string path = folder["a.safetensors"];
        new SafetensorsWriter().Add("w", new float[] { 1 }).Write(path);
        byte[] before = File.ReadAllBytes(path);
        SafetensorsWriter failing = new SafetensorsWriter().Add("w", TensorDtype.F32, [100_000], (first, _) =>
        {
            if (first > 0)
            {
                throw new IOException("No space left on device : '/a/temporary'");
            }
        });
        InputException exception = Assert.Throws<InputException>(() => failing.Write(path));
        Assert.Equal($"'{path}': cannot be written: No space left on device; nothing was left behind", exception.Message);
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Single(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Names_are_added_once_and_counts_must_fit_the_shape()
    {
        SafetensorsWriter writer = new SafetensorsWriter().Add("w", new float[] { 1 });
        Assert.Throws<ArgumentException>(() => writer.Add("w", new float[] { 1 }));
        Assert.Throws<ArgumentException>(() => writer.Add("__metadata__", new float[] { 1 }));
        Assert.Throws<ArgumentException>(() => writer.AddInt64("n", [2, 2], new long[3]));
        Assert.Throws<ArgumentException>(() => writer.Add("i", TensorDtype.I32, [1], (_, _) => { }));
    }

    private static void Write(string path, string[] names, Matrix matrix)
    {
        SafetensorsWriter writer = new();
        foreach (string name in names)
        {
            writer.SetMetadata(name, name)
                .Add(name, matrix)
                .Add($"{name}/wide", matrix, TensorDtype.F64)
                .AddInt32($"{name}/i", [matrix.Rows], Enumerable.Range(0, matrix.Rows).ToArray());
        }

        writer.Write(path);
    }

    private static void CompareRows(SafetensorsFile file, string name, Matrix matrix)
    {
        if (matrix.Rows < 2)
        {
            return;
        }

        TensorRows rows = file.Rows(name);
        float[] read = new float[(matrix.Rows - 1) * matrix.Columns];
        rows.ReadRows(1, matrix.Rows - 1, read);
        Assert.Equal(matrix.RowRange(1, matrix.Rows - 1).ToArray(), read);
    }
}

using System.Text;
using System.Text.Json;
using Saltus.Formats;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Formats;

public class NpyTests
{
    // Kinds of NumPy that are well-formed and not numbers to us: complex, text of either kind.
    private const string NotNumbers = "cUS";

    [Fact]
    public void Every_valid_array_is_read_as_numpy_reads_it_and_text_and_complex_are_refused_by_name()
    {
        foreach ((string path, JsonElement expected) in ContainerCases.Find("npy", "valid"))
        {
            try
            {
                string dtype = expected.GetProperty("dtype").GetString()!;
                if (NotNumbers.Contains(dtype[1]))
                {
                    Assert.Equal(NpyError.DtypeUnsupported, Assert.Throws<NpyFormatException>(() => NpyFile.Open(path)).Error);
                    continue;
                }

                using NpyFile file = NpyFile.Open(path);
                Compare(file, file.Array, expected);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{path}: {exception.Message}", exception);
            }
        }
    }

    [Fact]
    public void Every_hostile_array_is_refused_in_one_line_that_names_it()
    {
        foreach ((string path, _) in ContainerCases.Find("npy", "hostile"))
        {
            Exception? exception = Record.Exception(() =>
            {
                using NpyFile file = NpyFile.Open(path);
                file.ReadFloat32(file.Array);
            });
            Assert.True(exception is NpyFormatException, $"{path}: {exception?.ToString() ?? "was accepted"}");
            Assert.Contains(path, exception!.Message);
            Assert.DoesNotContain('\n', exception!.Message);
        }
    }

    [Theory]
    [InlineData(NpyError.HeaderInvalid, "{'descr': '<f4', 'fortran_order': False, 'shape': (4)}")]
    [InlineData(NpyError.HeaderInvalid, "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), 'shape': (4,)}")]
    [InlineData(NpyError.HeaderInvalid, "{'descr': '<f4', 'fortran_order': False, 'shape': (-4,)}")]
    [InlineData(NpyError.HeaderInvalid, "{'descr': '<f4', 'fortran_order': 0, 'shape': (4,)}")]
    [InlineData(NpyError.HeaderInvalid, "{'descr': '<f4', 'fortran_order': False, 'shape': (4,)} x")]
    [InlineData(NpyError.HeaderInvalid, "{'descr': '<f4', 'fortran_order': False}")]
    [InlineData(NpyError.DtypeUnsupported, "{'descr': '<c8', 'fortran_order': False, 'shape': (4,)}")]
    [InlineData(NpyError.DtypeUnsupported, "{'descr': '', 'fortran_order': False, 'shape': (4,)}")]
    [InlineData(NpyError.ShapeTooLarge, "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387905, 4)}")]
    [InlineData(NpyError.DataTruncated, "{'descr': '<f4', 'fortran_order': False, 'shape': (5,)}")]
    public void Each_way_to_be_wrong_has_its_own_error(NpyError error, string header)
    {
        using TemporaryFolder folder = new();
        string path = folder["bad.npy"];
        File.WriteAllBytes(path, [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. new byte[16]]);
        Assert.Equal(error, Assert.Throws<NpyFormatException>(() => NpyFile.Open(path)).Error);
    }

    [Fact]
    public void What_numpy_wrote_as_float32_in_its_own_way_is_written_with_the_same_bytes()
    {
        using TemporaryFolder folder = new();
        int compared = 0;
        foreach ((string path, JsonElement _) in ContainerCases.Find("npy", "valid"))
        {
            byte[] bytes = File.ReadAllBytes(path);
            string text = Encoding.Latin1.GetString(bytes);
            if (bytes[6] != 1 || !text.Contains("{'descr': '<f4', 'fortran_order': False, 'shape': (") || bytes.Length % 4 != 0)
            {
                continue;
            }

            using NpyFile file = NpyFile.Open(path);
            if (file.Array.Start % 64 != 0 || file.Array.Start + file.Array.ByteLength != bytes.Length)
            {
                continue;
            }

            NpyWriter.Write(folder["a.npy"], file.Array.Shape.ToArray(), (first, destination) => file.ReadFloat32(file.Array, first, destination));
            Assert.True(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(folder["a.npy"])), path);
            compared++;
        }

        Assert.True(compared > 0);
    }

    [Fact]
    public void A_matrix_is_written_and_read_back_and_any_range_of_it()
    {
        using TemporaryFolder folder = new();
        using Matrix matrix = new(300, 217);
        for (int i = 0; i < matrix.Span.Length; i++)
        {
            matrix.Span[i] = i;
        }

        NpyWriter.Write(folder["a.npy"], matrix);
        using NpyFile file = NpyFile.Open(folder["a.npy"]);
        using Matrix back = file.ReadMatrix(file.Array);
        Assert.Equal(matrix.Span, back.Span);
        float[] part = new float[40_000];
        file.ReadFloat32(file.Array, 12_345, part);
        Assert.Equal(Enumerable.Range(12_345, 40_000).Select(i => (float)i), part);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.ReadFloat32(file.Array, 30_000, part));
    }

    [Fact]
    public void Mutated_files_are_read_or_refused_and_nothing_else_happens()
    {
        using TemporaryFolder folder = new();
        RandomSource random = new(1, "mutation");
        byte[][] originals = [.. ContainerCases.Find("npy", "valid").Select(file => File.ReadAllBytes(file.Path))];
        byte[] alphabet = "{}():',0123456789<>|=fiubTrueFalse "u8.ToArray();
        for (int i = 0; i < 2000; i++)
        {
            byte[] bytes = [.. originals[random.NextInt(originals.Length)]];
            for (int change = random.NextInt(3); change >= 0; change--)
            {
                bytes[random.NextInt(Math.Min(bytes.Length, 80))] = alphabet[random.NextInt(alphabet.Length)];
            }

            string path = folder[$"{i % 8}.npy"];
            File.WriteAllBytes(path, bytes);
            try
            {
                using NpyFile file = NpyFile.Open(path);
                file.ReadFloat32(file.Array);
            }
            catch (InputException)
            {
                // Refused, as it may be.
            }
        }
    }

    internal static void Compare(ITensorSource file, TensorInfo tensor, JsonElement expected)
    {
        Assert.Equal(expected.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), tensor.Shape);
        double[] wide = file.ReadFloat64(tensor.Name);
        float[] narrow = file.ReadFloat32(tensor);
        JsonElement[] values = [.. expected.GetProperty("first_values").EnumerateArray()];
        Assert.Equal(Math.Min(tensor.ElementCount, 12), values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            Assert.Equal(ContainerCases.Number(values[i]), wide[i]);
            Assert.Equal((float)ContainerCases.Number(values[i]), narrow[i]);
        }

        if (tensor.Dtype.IsInteger())
        {
            Assert.Equal(wide, file.ReadInt64(tensor.Name).Select(value => (double)value));
        }
    }
}

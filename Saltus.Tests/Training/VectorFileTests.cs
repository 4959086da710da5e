using System.IO.Compression;
using Saltus.Formats;
using Saltus.Tensors;
using Saltus.Tests.Support;
using Saltus.Training;

namespace Saltus.Tests.Training;

public sealed class VectorFileTests : IDisposable
{
    private const int Rows = 37;
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Rows_come_in_the_order_of_the_file_or_permuted_and_their_origin_is_unknown()
    {
        using Matrix matrix = Numbered();
        NpyWriter.Write(_folder["a.npy"], matrix);
        new SafetensorsWriter().Add("x", matrix).Add("bias", new float[3]).Write(_folder["a.safetensors"]);
        Zip("stored.npz", "a.npy", CompressionLevel.NoCompression);
        Zip("packed.npz", "a.npy", CompressionLevel.Optimal);
        foreach (string name in new[] { "a.npy", "a.safetensors", "stored.npz", "packed.npz" })
        {
            Assert.Equal(Enumerable.Range(0, Rows), Read(name, null));
            List<int> mixed = Read(name, new ReadingOrder { Seed = 3, Vectors = 2 * Rows });
            Assert.Equal(Enumerable.Range(0, Rows), mixed[..Rows].Order());
            Assert.Equal(Enumerable.Range(0, Rows), mixed[Rows..].Order());
            Assert.NotEqual(mixed[..Rows], mixed[Rows..]);
            Assert.Equal(mixed, Read(name, new ReadingOrder { Seed = 3, Vectors = 2 * Rows }));
        }
    }

    [Fact]
    public void A_matrix_is_chosen_by_name_where_there_are_several()
    {
        using Matrix matrix = Numbered();
        new SafetensorsWriter().Add("x", matrix).Add("y", matrix).Add("bias", new float[3]).Write(_folder["a.safetensors"]);
        InputException exception = Assert.Throws<InputException>(() => VectorFile.OpenSource(_folder["a.safetensors"]));
        Assert.Contains("x, y; name one", exception.Message, StringComparison.Ordinal);
        using IActivationSource source = VectorFile.OpenSource(_folder["a.safetensors"], "y");
        Assert.Equal((2, (long)Rows), (source.Width, source.Length));
        Assert.Contains("'bias'", Assert.Throws<InputException>(() => VectorFile.OpenSource(_folder["a.safetensors"], "bias")).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<InputException>(() => VectorFile.OpenSource(_folder["a.safetensors"], "z"));
    }

    [Fact]
    public void A_value_that_is_not_finite_is_refused_by_row_and_column_before_anything_is_read()
    {
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            using Matrix matrix = Numbered();
            matrix.Row(20)[1] = bad;
            matrix.Row(30)[0] = bad;
            NpyWriter.Write(_folder["a.npy"], matrix);
            InputException exception = Assert.Throws<InputException>(() => VectorFile.OpenSource(_folder["a.npy"]));
            Assert.Contains("row 20 column 1", exception.Message, StringComparison.Ordinal);
            Assert.Contains(_folder["a.npy"], exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Files_of_another_kind_or_shape_are_refused()
    {
        File.WriteAllText(_folder["a.csv"], "1,2");
        new SafetensorsWriter().Add("bias", new float[3]).Write(_folder["vector.safetensors"]);
        using Matrix empty = new(0, 2);
        NpyWriter.Write(_folder["empty.npy"], empty);
        foreach (string name in new[] { "a.csv", "vector.safetensors", "empty.npy", "missing.npy" })
        {
            InputException exception = Assert.ThrowsAny<InputException>(() => VectorFile.OpenSource(_folder[name]));
            Assert.Contains(_folder[name], exception.Message, StringComparison.Ordinal);
        }

        Assert.Throws<InputException>(() => ReadingOrder.Sequential with { Vectors = 0 } is var order && VectorFile.OpenSource(WriteNumbered(), null, order) is null);
    }

    [Fact]
    public void Values_beyond_a_limit_are_found_at_every_place_and_length()
    {
        for (int length = 0; length <= 70; length++)
        {
            float[] values = new float[length];
            Assert.Equal(-1, FiniteValues.FindFirstBeyond(values, 2));
            for (int i = 0; i < length; i++)
            {
                foreach (float bad in new[] { float.NaN, float.NegativeInfinity, -2.0000002f })
                {
                    values[i] = bad;
                    Assert.Equal(i, FiniteValues.FindFirstBeyond(values, 2));
                }

                values[i] = -2;
                Assert.Equal(-1, FiniteValues.FindFirstBeyond(values, 2));
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    private static Matrix Numbered()
    {
        Matrix matrix = new(Rows, 2);
        for (int row = 0; row < Rows; row++)
        {
            (matrix.Row(row)[0], matrix.Row(row)[1]) = (row, -row);
        }

        return matrix;
    }

    private void Zip(string name, string npy, CompressionLevel level)
    {
        using ZipArchive archive = ZipFile.Open(_folder[name], ZipArchiveMode.Create);
        archive.CreateEntryFromFile(_folder[npy], "vectors.npy", level);
    }

    private string WriteNumbered()
    {
        using Matrix matrix = Numbered();
        NpyWriter.Write(_folder["numbered.npy"], matrix);
        return _folder["numbered.npy"];
    }

    private List<int> Read(string name, ReadingOrder? order)
    {
        using IActivationSource source = VectorFile.OpenSource(_folder[name], null, order);
        List<int> numbers = [];
        using ActivationBatch batch = new(5, source.Width);
        for (source.Read(batch); batch.Count > 0; source.Read(batch))
        {
            for (int row = 0; row < batch.Count; row++)
            {
                Assert.Equal((-1, -1, -1), (batch.Documents[row], batch.Positions[row], batch.Tokens[row]));
                Assert.Equal(-batch.Vectors.Row(row)[0], batch.Vectors.Row(row)[1]);
                numbers.Add((int)batch.Vectors.Row(row)[0]);
            }
        }

        return numbers;
    }
}

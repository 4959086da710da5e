using System.Text.Json;
using Saltus.Formats;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Formats;

public class NpzTests
{
    [Fact]
    public void Every_valid_archive_is_read_as_numpy_reads_it()
    {
        foreach ((string path, JsonElement expected) in ContainerCases.Find("npz", "valid"))
        {
            try
            {
                using NpzFile file = NpzFile.Open(path);
                JsonElement arrays = expected.GetProperty("arrays");
                Assert.Equal(arrays.EnumerateObject().Select(array => array.Name).Order(), file.Tensors.Select(tensor => tensor.Name).Order());
                foreach (JsonProperty array in arrays.EnumerateObject())
                {
                    NpyTests.Compare(file, file.Require(array.Name), array.Value);
                }
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{path}: {exception.Message}", exception);
            }
        }
    }

    [Fact]
    public void Every_hostile_archive_is_refused_in_one_line_unless_its_note_allows_reading_it()
    {
        foreach ((string path, JsonElement expected) in ContainerCases.Find("npz", "hostile"))
        {
            Exception? exception = Record.Exception(() => ReadAll(path));
            if (exception is null)
            {
                Assert.True(expected.TryGetProperty("note", out JsonElement note) && note.GetString()!.Contains("may accept"), $"{path} was accepted");
                continue;
            }

            Assert.True(exception is NpzFormatException or NpyFormatException, $"{path}: {exception}");
            Assert.Contains(path, exception.Message);
            Assert.DoesNotContain('\n', exception.Message);
        }
    }

    [Fact]
    public void Each_way_to_be_wrong_has_its_own_error()
    {
        using TemporaryFolder folder = new();
        byte[] stored = [.. ContainerCases.Find("npz", "valid").Select(file => File.ReadAllBytes(file.Path)).First(bytes => bytes.Length > 200 && bytes[8] == 0 && bytes[6] == 0)];
        int directory = stored.AsSpan().IndexOf("PK\u0001\u0002"u8);
        int end = stored.AsSpan().IndexOf("PK\u0005\u0006"u8);
        Check(NpzError.NotZip, bytes => bytes[end] = 0);
        Check(NpzError.NotZip, bytes => bytes[end + 16]++);
        Check(NpzError.DirectoryInvalid, bytes => bytes[end + 10]++);
        Check(NpzError.DirectoryInvalid, bytes => bytes[directory] = 0);
        Check(NpzError.Encrypted, bytes => bytes[directory + 8] = 1);
        Check(NpzError.CompressionUnsupported, bytes => bytes[directory + 10] = 12);
        Check(NpzError.NameInvalid, bytes => bytes[directory + 46] = (byte)'\\');
        Check(NpzError.ChecksumMismatch, bytes => bytes[directory + 16]++);

        void Check(NpzError error, Action<byte[]> change)
        {
            byte[] bytes = [.. stored];
            change(bytes);
            File.WriteAllBytes(folder["bad.npz"], bytes);
            Assert.Equal(error, Assert.Throws<NpzFormatException>(() => ReadAll(folder["bad.npz"])).Error);
        }
    }

    [Fact]
    public void Mutated_archives_are_read_or_refused_and_nothing_else_happens()
    {
        using TemporaryFolder folder = new();
        RandomSource random = new(1, "mutation");
        byte[][] originals = [.. ContainerCases.Find("npz", "valid").Select(file => File.ReadAllBytes(file.Path))];
        for (int i = 0; i < 2000; i++)
        {
            byte[] bytes = [.. originals[random.NextInt(originals.Length)]];
            for (int change = random.NextInt(3); change >= 0; change--)
            {
                bytes[random.NextInt(bytes.Length)] = (byte)random.NextInt(256);
            }

            string path = folder[$"{i % 8}.npz"];
            File.WriteAllBytes(path, bytes);
            try
            {
                ReadAll(path);
            }
            catch (InputException)
            {
                // Refused, as it may be.
            }
        }
    }

    [Fact]
    public void A_deflated_array_is_read_in_any_order_of_ranges()
    {
        foreach ((string path, JsonElement _) in ContainerCases.Find("npz", "valid"))
        {
            using NpzFile file = NpzFile.Open(path);
            foreach (TensorInfo tensor in file.Tensors)
            {
                float[] whole = file.ReadFloat32(tensor);
                for (int first = whole.Length - 1; first >= 0; first--)
                {
                    float[] part = new float[whole.Length - first];
                    file.ReadFloat32(tensor, first, part);
                    Assert.Equal(whole[first..], part);
                }
            }
        }
    }

    private static void ReadAll(string path)
    {
        using NpzFile file = NpzFile.Open(path);
        foreach (TensorInfo tensor in file.Tensors)
        {
            file.ReadFloat32(tensor);
        }
    }
}

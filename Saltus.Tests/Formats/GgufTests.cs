using System.Globalization;
using System.Text.Json;
using Saltus.Formats;
using Saltus.Tests.Support;

namespace Saltus.Tests.Formats;

public sealed class GgufTests
{
    [Fact]
    public void Every_type_of_block_is_widened_to_the_bits_of_the_reference()
    {
        foreach (string folder in Folders())
        {
            using GgufFile file = GgufFile.Open(Path.Combine(folder, "quants.gguf"));
            using SafetensorsFile golden = SafetensorsFile.Open(Path.Combine(folder, "quants.safetensors"));
            Assert.Equal(golden.Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal), file.Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal));
            foreach (TensorInfo tensor in file.Tensors)
            {
                float[] expected = golden.ReadFloat32(tensor.Name);
                float[] found = file.ReadFloat32(tensor);
                Assert.True(expected.Length == found.Length, $"{folder}: {tensor}");
                for (int i = 0; i < expected.Length; i++)
                {
                    // Signs of zero are left open by the reference.
                    bool equal = BitConverter.SingleToInt32Bits(expected[i] + 0f) == BitConverter.SingleToInt32Bits(found[i] + 0f);
                    Assert.True(equal, string.Create(CultureInfo.InvariantCulture, $"{folder}: {tensor}, value {i}: expected {expected[i]:R}, found {found[i]:R}"));
                }

                AssertPartsEqualTheWhole(file, tensor, found);
            }
        }
    }

    [Fact]
    public void Metadata_of_every_type_and_tensors_of_every_rank_are_as_the_reference_says()
    {
        foreach (string folder in Folders())
        {
            using GgufFile file = GgufFile.Open(Path.Combine(folder, "metadata.gguf"));
            using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "metadata.json")));
            JsonElement metadata = golden.RootElement.GetProperty("metadata");
            Assert.Equal(metadata.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal), file.Metadata.Keys.Order(StringComparer.Ordinal));
            foreach (JsonProperty property in metadata.EnumerateObject())
            {
                AssertValue(property, file.Metadata.Find(property.Name)!, folder);
            }

            foreach (JsonProperty property in golden.RootElement.GetProperty("tensors").EnumerateObject())
            {
                TensorInfo tensor = file.Require(property.Name);
                Assert.Equal(property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), tensor.Shape);
                Assert.Equal(Enumerable.Range(0, (int)tensor.ElementCount).Select(i => (float)i), file.ReadFloat32(tensor));
            }

            Assert.Equal(golden.RootElement.GetProperty("tensors").EnumerateObject().Count(), file.Tensors.Count);
        }
    }

    [Fact]
    public void Hostile_files_are_refused_by_name()
    {
        Dictionary<string, GgufError> errors = new(StringComparer.Ordinal)
        {
            ["empty"] = GgufError.FileTooShort,
            ["three_bytes"] = GgufError.FileTooShort,
            ["magic"] = GgufError.WrongMagic,
            ["big_endian"] = GgufError.BigEndian,
            ["version_1"] = GgufError.UnsupportedVersion,
            ["version_4"] = GgufError.UnsupportedVersion,
            ["tensor_count"] = GgufError.CountTooLarge,
            ["kv_count"] = GgufError.CountTooLarge,
            ["key_length"] = GgufError.TextTooLong,
            ["string_length"] = GgufError.TextTooLong,
            ["array_length"] = GgufError.ArrayTooLong,
            ["array_nesting"] = GgufError.NestingTooDeep,
            ["value_type"] = GgufError.UnknownValueType,
            ["bool_2"] = GgufError.InvalidBool,
            ["utf8"] = GgufError.InvalidText,
            ["duplicate_key"] = GgufError.DuplicateKey,
            ["duplicate_tensor"] = GgufError.DuplicateTensor,
            ["dims_5"] = GgufError.RankTooLarge,
            ["dims_many"] = GgufError.RankTooLarge,
            ["dim_zero"] = GgufError.InvalidShape,
            ["dim_overflow"] = GgufError.InvalidShape,
            ["tensor_type"] = GgufError.UnknownTensorType,
            ["tensor_type_removed"] = GgufError.UnknownTensorType,
            ["ragged_blocks"] = GgufError.RaggedBlocks,
            ["offset_beyond"] = GgufError.DataTruncated,
            ["offset_overflow"] = GgufError.DataTruncated,
            ["offset_unaligned"] = GgufError.OffsetUnaligned,
            ["overlap"] = GgufError.Overlap,
            ["truncated_data"] = GgufError.DataTruncated,
            ["truncated_header"] = GgufError.CountTooLarge,
            ["alignment_zero"] = GgufError.InvalidAlignment,
            ["alignment_24"] = GgufError.InvalidAlignment,
            ["alignment_type"] = GgufError.InvalidAlignment,
            ["name_long"] = GgufError.TextTooLong,
            ["no_architecture"] = GgufError.KeyMissing,
        };
        foreach (string folder in Folders())
        {
            using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "hostile", "expected.json")));
            string[] names = [.. expected.RootElement.EnumerateObject().Select(property => property.Name)];
            Assert.Equal(names.Order(StringComparer.Ordinal), Directory.GetFiles(Path.Combine(folder, "hostile"), "*.gguf").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
            foreach (string name in names)
            {
                string path = Path.Combine(folder, "hostile", name);
                Assert.True(errors.TryGetValue(Path.GetFileNameWithoutExtension(name), out GgufError error), $"{path}: a kind of damage that the test does not know");
                GgufFormatException exception = Assert.Throws<GgufFormatException>(() => OpenAsModel(path));
                Assert.True(error == exception.Error, $"{path}: expected {error}, found {exception.Error}: {exception.Message}");
                Assert.Contains(path, exception.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', exception.Message);
            }
        }
    }

    private static void OpenAsModel(string path) => Saltus.Lm.Models.LanguageModel.Load(path).Dispose();

    private static List<string> Folders()
    {
        List<string> folders = [.. Fixtures.Roots.Select(root => Path.Combine(root, "gguf")).Where(Directory.Exists)];
        Assert.NotEmpty(folders);
        return folders;
    }

    private static void AssertPartsEqualTheWhole(GgufFile file, TensorInfo tensor, float[] whole)
    {
        foreach ((int first, int count) in ((int, int)[])[(0, 1), (31, 2), (255, 258), (512, 512), (700, 300), (whole.Length - 1, 1), (whole.Length, 0)])
        {
            float[] part = new float[count];
            file.ReadFloat32(tensor, first, part);
            Assert.Equal(whole.AsSpan(first, count), part.AsSpan());
            double[] wide = new double[count];
            file.ReadFloat64(tensor, first, wide);
            Assert.Equal(Array.ConvertAll(part, value => (double)value), wide);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => file.ReadFloat32(tensor, whole.Length, new float[1]));
    }

    private static void AssertValue(JsonProperty property, object found, string folder)
    {
        JsonElement expected = property.Value;
        string where = $"{folder}: {property.Name}";
        if (expected.ValueKind == JsonValueKind.Array)
        {
            object[] values = [.. ((Array)found).Cast<object>()];
            Assert.Equal(expected.EnumerateArray().Select(Text), values.Select(Text));
            return;
        }

        Assert.True(Text(expected) == Text(found), $"{where}: expected {Text(expected)}, found {Text(found)}");
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetDouble().ToString("R", CultureInfo.InvariantCulture),
        _ => value.GetRawText(),
    };

    private static string Text(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        ulong or long => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        _ => Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture),
    };
}

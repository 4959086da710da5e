using System.Text.Json;
using Saltus.Formats;

namespace Saltus.Tests.Formats;

public class SafetensorsFixtureTests
{
    // Python sums with compensation, we one after another: 15 numbers below 100, so far below this.
    private const double SumTolerance = 1e-9;

    private static readonly Dictionary<string, TensorDtype> s_torchNames = new()
    {
        ["bool"] = TensorDtype.Bool,
        ["uint8"] = TensorDtype.U8,
        ["int8"] = TensorDtype.I8,
        ["float8_e4m3fn"] = TensorDtype.F8E4M3,
        ["float8_e5m2"] = TensorDtype.F8E5M2,
        ["uint16"] = TensorDtype.U16,
        ["int16"] = TensorDtype.I16,
        ["float16"] = TensorDtype.F16,
        ["bfloat16"] = TensorDtype.BF16,
        ["uint32"] = TensorDtype.U32,
        ["int32"] = TensorDtype.I32,
        ["float32"] = TensorDtype.F32,
        ["uint64"] = TensorDtype.U64,
        ["int64"] = TensorDtype.I64,
        ["float64"] = TensorDtype.F64,
    };

    [Fact]
    public void Every_valid_file_is_read_as_the_official_reader_reads_it()
    {
        foreach ((string path, JsonElement expected) in ContainerCases.Find("safetensors", "valid"))
        {
            try
            {
                using SafetensorsFile file = SafetensorsFile.Open(path);
                Compare(file, expected);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{path}: {exception.Message}", exception);
            }
        }
    }

    [Fact]
    public void Every_hostile_file_is_refused_in_one_line_that_names_it()
    {
        foreach ((string path, _) in ContainerCases.Find("safetensors", "hostile"))
        {
            Exception? exception = Record.Exception(() =>
            {
                using SafetensorsFile file = SafetensorsFile.Open(path);
                foreach (TensorInfo tensor in file.Tensors)
                {
                    file.ReadFloat32(tensor);
                }
            });
            Assert.True(exception is SafetensorsFormatException, $"{path}: {exception?.ToString() ?? "was accepted"}");
            Assert.Contains(path, exception!.Message);
            Assert.DoesNotContain('\n', exception!.Message);
        }
    }

    private static void Compare(SafetensorsFile file, JsonElement expected)
    {
        Assert.Equal("accept", expected.GetProperty("official").GetString()!);
        JsonElement metadata = expected.GetProperty("metadata");
        Dictionary<string, string> strings = metadata.ValueKind == JsonValueKind.Null
            ? []
            : metadata.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString()!);
        Assert.Equivalent(strings, file.Metadata, strict: true);
        if (expected.TryGetProperty("tensor_count", out JsonElement count))
        {
            Assert.Equal(count.GetInt32(), file.Tensors.Count);
            return;
        }

        JsonElement tensors = expected.GetProperty("tensors");
        Assert.Equal(tensors.EnumerateObject().Select(tensor => tensor.Name).Order(), file.Tensors.Select(tensor => tensor.Name).Order());
        foreach (JsonProperty entry in tensors.EnumerateObject())
        {
            CompareTensor(file, file.Require(entry.Name), entry.Value);
        }
    }

    private static void CompareTensor(SafetensorsFile file, TensorInfo tensor, JsonElement expected)
    {
        Assert.Equal(s_torchNames[expected.GetProperty("dtype").GetString()!], tensor.Dtype);
        Assert.Equal(expected.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), tensor.Shape);
        double[] wide = file.ReadFloat64(tensor.Name);
        float[] narrow = file.ReadFloat32(tensor.Name);
        JsonElement[] values = [.. expected.GetProperty("first_values").EnumerateArray()];
        Assert.Equal(Math.Min(tensor.ElementCount, 12), values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            Assert.Equal(ContainerCases.Number(values[i]), wide[i]);
            Assert.Equal((float)ContainerCases.Number(values[i]), narrow[i]);
        }

        Assert.Equal(expected.GetProperty("sum_finite").GetDouble(), wide.Where(double.IsFinite).Sum(), SumTolerance);
        if (tensor.Dtype.IsInteger())
        {
            Assert.Equal(wide, file.ReadInt64(tensor.Name).Select(value => (double)value));
        }

        // The files of all bit patterns say beside each what it is as float32, special values by other means.
        if (file.Find($"{tensor.Name}_f32") is not null)
        {
            Assert.Equal(file.ReadFloat32($"{tensor.Name}_f32"), narrow.Select(Finite));
        }

        if (file.Find($"{tensor.Name}_as_f32") is not null)
        {
            Assert.Equal(file.ReadFloat32($"{tensor.Name}_as_f32"), narrow);
        }
    }

    private static float Finite(float value) => float.IsNaN(value) ? 12345 : float.IsPositiveInfinity(value) ? 54321 : float.IsNegativeInfinity(value) ? -54321 : value;
}

using System.IO.Compression;
using System.Text.Json;
using Saltus.Formats;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Formats;

public class TorchFileTests
{
    [Fact]
    public void Every_recorded_file_has_the_tensors_that_torch_saved()
    {
        int described = 0;
        foreach (string path in TorchCases.Sound())
        {
            using TorchFile file = TorchFile.Open(path);
            using TorchFile state = file.Has("ae") ? file.Inner("ae") : file;
            Assert.NotEmpty(state.Tensors);
            foreach (TensorInfo tensor in state.Tensors)
            {
                Assert.Equal(tensor.ElementCount, state.ReadFloat32(tensor).Length);
            }

            JsonElement meta = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(path)!, "meta.json"))).RootElement;
            if (!meta.TryGetProperty("tensors", out JsonElement tensors))
            {
                continue;
            }

            Assert.Equal(tensors.EnumerateObject().Select(tensor => tensor.Name).Order(), state.Tensors.Select(tensor => tensor.Name).Order());
            foreach (JsonProperty expected in tensors.EnumerateObject())
            {
                TensorInfo tensor = state.Require(expected.Name);
                Assert.Equal(expected.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), tensor.Shape);
                Assert.Equal(expected.Value.GetProperty("stride").EnumerateArray().Select(stride => stride.GetInt64()), state.Strides(tensor));
                Assert.Equal(expected.Value.GetProperty("dtype").GetString(), TorchName(tensor.Dtype));
                described++;
            }
        }

        Assert.True(described > 0);
    }

    [Fact]
    public void The_same_state_in_either_container_byte_order_and_layout_reads_the_same()
    {
        string folder = Path.Combine(Fixtures.Roots[0], "sae", "dictionary_learning");
        using TorchFile plain = TorchFile.Open(Path.Combine(folder, "topk", "ae.pt"));
        foreach (string variant in new[] { "topk_legacy_format", "topk_big_endian", "topk_shared_storage" })
        {
            using TorchFile other = TorchFile.Open(Path.Combine(folder, variant, "ae.pt"));
            Assert.Equal(plain.Tensors.Select(tensor => tensor.ToString()).Order(), other.Tensors.Select(tensor => tensor.ToString()).Order());
            Assert.All(plain.Tensors, tensor => Assert.Equal(plain.ReadFloat32(tensor), other.ReadFloat32(tensor.Name)));
            Assert.All(plain.Tensors, tensor => Assert.Equal(plain.ReadFloat64(tensor.Name), other.ReadFloat64(tensor.Name)));
        }

        using TorchFile tied = TorchFile.Open(Path.Combine(folder, "topk_tied_transposed", "ae.pt"));
        using Matrix decoder = tied.ReadMatrix("decoder.weight");
        using Matrix transposed = decoder.Transpose();
        Assert.Equal(transposed.Span.ToArray(), tied.ReadFloat32("encoder.weight"));
    }

    [Fact]
    public void A_strided_tensor_is_read_in_any_ranges()
    {
        using TemporaryFolder folder = new();
        foreach ((long[] shape, long[] strides, long offset, float[] expected) in new (long[], long[], long, float[])[]
        {
            ([3, 4], [4, 1], 0, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
            ([4, 3], [1, 4], 0, [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]),
            ([2, 2], [6, 2], 1, [1, 3, 7, 9]),
            ([2, 2, 2], [1, 6, 3], 0, [0, 3, 6, 9, 1, 4, 7, 10]),
            ([3, 1], [4, 9], 3, [3, 7, 11]),
            ([], [], 5, [5]),
            ([2, 0], [1, 1], 12, []),
        })
        {
            byte[] pickle = TorchBuilder.OneTensor("w", TorchBuilder.Tensor(shape, strides, offset));
            foreach (CompressionLevel level in new[] { CompressionLevel.NoCompression, CompressionLevel.Optimal })
            {
                File.WriteAllBytes(folder["a.pt"], new TorchBuilder().WithPickle(pickle).Zip(level));
                using TorchFile file = TorchFile.Open(folder["a.pt"]);
                TensorInfo tensor = file.Require("w", shape);
                for (int first = 0; first <= expected.Length; first++)
                {
                    for (int end = first; end <= expected.Length; end++)
                    {
                        float[] part = new float[end - first];
                        file.ReadFloat32(tensor, first, part);
                        Assert.Equal(expected[first..end], part);
                    }
                }

                Assert.Throws<ArgumentOutOfRangeException>(() => file.ReadFloat32(tensor, 1, new float[expected.Length]));
            }
        }
    }

    [Fact]
    public void Values_beside_the_tensors_are_kept_and_protocol_4_is_read()
    {
        using TemporaryFolder folder = new();

        // {"name": "x", "n": {"k": 7, "rate": 0.5, "none": None}, "w": tensor}, with a frame, short texts and a stacked class.
        byte[] body =
        [
            .. TorchBuilder.Bytes("}\u0094(\u008c\u0004name\u008c\u0001x\u008c\u0001n\u008c\u000bcollections\u008c\u000bOrderedDict\u0093)R(\u008c\u0001kK\u0007\u008c\u0004rateG"),
            0x3F, 0xE0, 0, 0, 0, 0, 0, 0, .. TorchBuilder.Bytes("\u008c\u0004noneNu\u008c\u0001w"), .. TorchBuilder.Tensor([12], [1]), .. TorchBuilder.Bytes("u."),
        ];
        byte[] pickle = [.. TorchBuilder.Bytes("\u0080\u0004\u0095"), .. BitConverter.GetBytes((long)body.Length), .. body];
        File.WriteAllBytes(folder["a.pt"], new TorchBuilder().WithPickle(pickle).Zip());
        using TorchFile file = TorchFile.Open(folder["a.pt"]);
        Assert.Equal(["name", "n"], file.OtherNames);
        Assert.Equal("x", file.Value("name"));
        using TorchFile inner = file.Inner("n");
        Assert.Equal(7L, inner.Value("k"));
        Assert.Equal(0.5, inner.Value("rate"));
        Assert.True(inner.Has("none"));
        Assert.Null(inner.Value("none"));
        Assert.Equal(TorchError.NotDictionary, Assert.Throws<TorchFormatException>(() => file.Inner("name")).Error);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => (float)i), file.ReadFloat32("w"));
    }

    private static string TorchName(TensorDtype dtype) => dtype switch
    {
        TensorDtype.F32 => "float32",
        TensorDtype.F16 => "float16",
        TensorDtype.BF16 => "bfloat16",
        TensorDtype.I32 => "int32",
        TensorDtype.I64 => "int64",
        _ => dtype.Name(),
    };
}

using System.IO.Compression;
using Saltus.Formats;
using Saltus.Tests.Support;

namespace Saltus.Tests.Formats;

public class TorchErrorTests
{
    [Fact]
    public void Every_hostile_file_is_refused_in_one_line_that_names_it_unless_the_list_leaves_it_open()
    {
        foreach ((string path, string must) in TorchCases.Hostile())
        {
            Assert.True(must.StartsWith("refuse", StringComparison.Ordinal) || must.StartsWith("accept-or-refuse", StringComparison.Ordinal), $"{path}: unknown rule '{must}'");
            Exception? asSae = Record.Exception(() => SaeReader.Read(path).Sae.Dispose());
            Assert.True(asSae is TorchFormatException or SaeFormatException, $"{path}: {asSae?.ToString() ?? "was read as an SAE"}");
            Exception? exception = Record.Exception(() => ReadAll(path));
            if (exception is null)
            {
                Assert.True(must.StartsWith("accept-or-refuse", StringComparison.Ordinal), $"{path} was accepted");
                continue;
            }

            Assert.True(exception is TorchFormatException, $"{path}: {exception}");
            Assert.All(new[] { asSae, exception }, refusal =>
            {
                Assert.Contains(path, refusal!.Message);
                Assert.DoesNotContain('\n', refusal.Message);
            });
        }
    }

    [Theory]
    [InlineData("os\nsystem", TorchError.GlobalNotAllowed)]
    [InlineData("builtins\neval", TorchError.GlobalNotAllowed)]
    [InlineData("torch\nload", TorchError.GlobalNotAllowed)]
    [InlineData("torch.storage\n_load_from_bytes", TorchError.GlobalNotAllowed)]
    [InlineData("collections\nOrderedDict.fromkeys", TorchError.GlobalNotAllowed)]
    [InlineData("torch\nQUInt8Storage", TorchError.DtypeUnsupported)]
    [InlineData("torch\nComplexDoubleStorage", TorchError.DtypeUnsupported)]
    [InlineData("torch._utils\n_rebuild_qtensor", TorchError.DtypeUnsupported)]
    [InlineData("torch._utils\n_rebuild_sparse_csr_tensor", TorchError.LayoutUnsupported)]
    public void A_global_that_tensors_do_not_need_is_refused_by_name_and_byte(string global, TorchError error)
    {
        TorchFormatException exception = Refused(TorchBuilder.Bytes($"\u0080\u0002}}c{global}\n)Rs."));
        Assert.Equal(error, exception.Error);
        Assert.Contains(global.Replace('\n', '.'), exception.Message, StringComparison.Ordinal);
        Assert.Contains("byte 3", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TorchError.PickleInvalid, "}.")]
    [InlineData(TorchError.VersionUnsupported, "\u0080\u0001}.")]
    [InlineData(TorchError.VersionUnsupported, "\u0080\u0006}.")]
    [InlineData(TorchError.PickleInvalid, "\u0080\u0002}")]
    [InlineData(TorchError.PickleInvalid, "\u0080\u0002}.x")]
    [InlineData(TorchError.PickleInvalid, "\u0080\u0002}}.")]
    [InlineData(TorchError.PickleInvalid, "\u0080\u0002(}.")]
    [InlineData(TorchError.PickleInvalid, "\u0080\u0002.")]
    [InlineData(TorchError.PickleInvalid, "\u0080\u0002}K\u0001s.")]
    [InlineData(TorchError.PickleInvalid, "\u0080\u0002}(K\u0001u.")]
    [InlineData(TorchError.PickleInvalid, "\u0080\u0002}(K\u0001K\u0002t0t.")]
    [InlineData(TorchError.PickleInvalid, "\u0080\u0002}]Ns.")]
    [InlineData(TorchError.PickleInvalid, "\u0080\u0002}h\u0001.")]
    [InlineData(TorchError.PickleInvalid, "\u0080\u0002}q\u0000(X\u0001\u0000\u0000\u0000aNX\u0001\u0000\u0000\u0000aNu.")]
    [InlineData(TorchError.PickleInvalid, "\u0080\u0002}X\u0002\u0000\u0000\u0000\u00C3\u0028Ns.")]
    [InlineData(TorchError.PickleInvalid, "\u0080\u0004\u0095\u00FF\u0000\u0000\u0000\u0000\u0000\u0000\u0000}.")]
    [InlineData(TorchError.PickleInvalid, "\u0080\u0004\u0095\u0004\u0000\u0000\u0000\u0000\u0000\u0000\u0000X\u0001\u0000\u0000\u0000a.")]
    [InlineData(TorchError.PickleInvalid, "\u0080\u0002ccollections\nOrderedDict\nK\u0001R.")]
    [InlineData(TorchError.PickleInvalid, "\u0080\u0002ccollections\nOrderedDict\nK\u0001\u0085R.")]
    [InlineData(TorchError.OpcodeUnsupported, "\u0080\u0002}I1\n.")]
    [InlineData(TorchError.OpcodeUnsupported, "\u0080\u0002ccollections\nOrderedDict\n)\u0081.")]
    [InlineData(TorchError.OpcodeUnsupported, "\u0080\u0002}}b.")]
    [InlineData(TorchError.OpcodeUnsupported, "\u0080\u0004\u008f.")]
    [InlineData(TorchError.LimitExceeded, "\u0080\u0002}r\u00FF\u00FF\u00FF\u007F.")]
    [InlineData(TorchError.NotDictionary, "\u0080\u0002].")]
    [InlineData(TorchError.NotDictionary, "\u0080\u0002N.")]
    [InlineData(TorchError.NotDictionary, "\u0080\u0002}K\u0001Ns.")]
    [InlineData(TorchError.StorageInvalid, "\u0080\u0002}K\u0001Q.")]
    public void A_pickle_that_contradicts_itself_or_does_more_is_refused(TorchError error, string pickle) => Assert.Equal(error, Refused(TorchBuilder.Bytes(pickle)).Error);

    [Fact]
    public void Depth_and_length_of_a_pickle_have_limits()
    {
        Assert.Equal(TorchError.LimitExceeded, Refused(TorchBuilder.Bytes($"\u0080\u0002{new string('(', TorchLimits.MaxMarks + 1)}")).Error);
        Assert.Equal(TorchError.LimitExceeded, Refused(TorchBuilder.Bytes($"\u0080\u0002{new string(']', TorchLimits.MaxStack + 1)}")).Error);
        Assert.Equal(TorchError.LimitExceeded, Refused(new byte[TorchLimits.MaxPickleBytes + 1]).Error);

        // Deflated, a run of zeros is much shorter than any pickle becomes.
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["a.pt"], new TorchBuilder().WithPickle(new byte[1 << 20]).Zip(CompressionLevel.Optimal));
        Assert.Equal(TorchError.LimitExceeded, Assert.Throws<TorchFormatException>(() => ReadAll(folder["a.pt"])).Error);
    }

    [Theory]
    [InlineData(TorchError.TensorInvalid, new long[] { 3, 5 }, new long[] { 5, 1 }, 0)]
    [InlineData(TorchError.TensorInvalid, new long[] { 3, 4 }, new long[] { 4, 1 }, 1)]
    [InlineData(TorchError.TensorInvalid, new long[] { 3, 4 }, new long[] { 4, 1 }, -1)]
    [InlineData(TorchError.TensorInvalid, new long[] { 3, 4 }, new long[] { -4, 1 }, 11)]
    [InlineData(TorchError.TensorInvalid, new long[] { -3, -4 }, new long[] { 4, 1 }, 0)]
    [InlineData(TorchError.TensorInvalid, new long[] { 3, 4 }, new long[] { 4 }, 0)]
    [InlineData(TorchError.TensorInvalid, new long[] { 3, 4 }, new long[] { 0, 1 }, 0)]
    [InlineData(TorchError.TensorInvalid, new long[] { 3, 3 }, new long[] { 2, 1 }, 0)]
    [InlineData(TorchError.TensorInvalid, new long[] { 2, 2, 2 }, new long[] { 3, 2, 1 }, 0)]
    [InlineData(TorchError.TensorInvalid, new long[] { 1L << 62, 4 }, new long[] { 1, 1 }, 0)]
    [InlineData(TorchError.TensorInvalid, new long[] { 1L << 62, 1L << 62, 1L << 62 }, new long[] { long.MaxValue, long.MaxValue, long.MaxValue }, 0)]
    [InlineData(TorchError.TensorInvalid, new long[] { 1L << 62, 4, 0 }, new long[] { 1, 1, 1 }, 0)]
    [InlineData(TorchError.TensorInvalid, new long[] { 0 }, new long[] { 1 }, 13)]
    public void A_tensor_that_leaves_its_storage_or_shares_elements_is_refused(TorchError error, long[] shape, long[] strides, long offset) =>
        Assert.Equal(error, Refused(TorchBuilder.OneTensor("w", TorchBuilder.Tensor(shape, strides, offset))).Error);

    [Fact]
    public void Each_record_that_is_missing_wrong_or_damaged_is_named()
    {
        using TemporaryFolder folder = new();
        byte[] sound = TorchBuilder.OneTensor("w", TorchBuilder.Tensor([12], [1]));
        Check(TorchError.RecordMissing, builder => builder.With("a/version", null), "version");
        Check(TorchError.RecordMissing, builder => builder.With("a/data.pkl", null), "data.pkl");
        Check(TorchError.RecordMissing, builder => builder.With("b/data.pkl", sound), "data.pkl");
        Check(TorchError.ContainerInvalid, builder => builder.With("b/other", [1]), "b/other");
        Check(TorchError.VersionUnsupported, builder => builder.With("a/version", "999"u8.ToArray()), "999");
        Check(TorchError.ByteOrderUnknown, builder => builder.With("a/byteorder", "middle"u8.ToArray()), "middle");
        Check(TorchError.StorageInvalid, builder => builder.With("a/data/0", null), "storage 0");
        Check(TorchError.StorageInvalid, builder => builder.With("a/data/0", TorchBuilder.Floats(1, 2)), "storage 0");
        Check(TorchError.StorageInvalid, builder => builder.WithPickle(TorchBuilder.OneTensor("w", TorchBuilder.Tensor([12], [1], key: "../0"))), "../0");
        byte[] damaged = new TorchBuilder().WithPickle(sound).Zip();
        damaged[damaged.AsSpan().IndexOf(TorchBuilder.Floats(3, 4, 5))]++;
        File.WriteAllBytes(folder["a.pt"], damaged);
        Assert.Equal(TorchError.ChecksumMismatch, Assert.Throws<TorchFormatException>(() => ReadAll(folder["a.pt"])).Error);

        void Check(TorchError error, Action<TorchBuilder> change, string named)
        {
            TorchBuilder builder = new TorchBuilder().WithPickle(sound);
            change(builder);
            File.WriteAllBytes(folder["a.pt"], builder.Zip());
            TorchFormatException exception = Assert.Throws<TorchFormatException>(() => ReadAll(folder["a.pt"]));
            Assert.Equal(error, exception.Error);
            Assert.Contains(named, exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_older_container_is_checked_to_its_last_byte()
    {
        byte[] value = TorchBuilder.OneTensor("w", TorchBuilder.Tensor([12], [1], isLegacy: true));
        byte[] keys = [.. TorchBuilder.Bytes("\u0080\u0002]"), .. TorchBuilder.Text("0"), .. TorchBuilder.Bytes("a.")];
        byte[] none = TorchBuilder.Bytes("\u0080\u0002].");
        byte[] count = BitConverter.GetBytes(12L);
        byte[] data = TorchBuilder.Floats(new float[12]);
        using TemporaryFolder folder = new();
        Assert.Null(Read(TorchBuilder.Legacy(value, keys, count, data)));
        Assert.Equal(TorchError.StorageInvalid, Read(TorchBuilder.Legacy(value, keys, count, data, [0])));
        Assert.Equal(TorchError.StorageInvalid, Read(TorchBuilder.Legacy(value, keys, count, data[..^1])));
        Assert.Equal(TorchError.StorageInvalid, Read(TorchBuilder.Legacy(value, keys, count[..^1])));
        Assert.Equal(TorchError.StorageInvalid, Read(TorchBuilder.Legacy(value, keys, BitConverter.GetBytes(-12L), data)));
        Assert.Equal(TorchError.StorageInvalid, Read(TorchBuilder.Legacy(value, none)));
        Assert.Equal(TorchError.StorageInvalid, Read(TorchBuilder.Legacy(value, [.. keys[..^1], .. keys[3..]], count, data, count, data)));
        Assert.Equal(TorchError.NotTorch, Read([.. value]));
        Assert.Equal(TorchError.NotTorch, Read("hello"u8.ToArray()));
        Assert.Equal(TorchError.NotTorch, Read([]));

        TorchError? Read(byte[] bytes)
        {
            File.WriteAllBytes(folder["a.pt"], bytes);
            Exception? exception = Record.Exception(() => ReadAll(folder["a.pt"]));
            return exception is null ? null : Assert.IsType<TorchFormatException>(exception).Error;
        }
    }

    private static TorchFormatException Refused(byte[] pickle)
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["a.pt"], new TorchBuilder().WithPickle(pickle).Zip());
        TorchFormatException exception = Assert.Throws<TorchFormatException>(() => ReadAll(folder["a.pt"]));
        Assert.Contains(folder["a.pt"], exception.Message, StringComparison.Ordinal);
        return exception;
    }

    /// <summary>What a reader of SAEs asks for: every entry a tensor.</summary>
    private static void ReadAll(string path)
    {
        using TorchFile file = TorchFile.Open(path);
        foreach (string name in file.Tensors.Select(tensor => tensor.Name).Concat(file.OtherNames))
        {
            file.ReadFloat32(name);
        }
    }
}

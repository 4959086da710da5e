using Saltus.Formats;
using Saltus.Tests.Support;

namespace Saltus.Tests.Formats;

public class SafetensorsSetTests
{
    [Fact]
    public void A_folder_with_one_file_and_the_file_itself_are_the_same_set()
    {
        using TemporaryFolder folder = new();
        Shard(folder, SafetensorsSet.SingleName, "a", "b");
        foreach (string path in new[] { folder.Path, folder[SafetensorsSet.SingleName] })
        {
            using SafetensorsSet set = SafetensorsSet.Open(path);
            Assert.Equal(["a", "b"], set.Tensors.Select(tensor => tensor.Name));
            Assert.Equal([1f, 2f], set.ReadFloat32("b"));
        }
    }

    [Fact]
    public void Shards_are_one_set()
    {
        using TemporaryFolder folder = new();
        Shard(folder, "1.safetensors", "a", "b");
        Shard(folder, "2.safetensors", "c");
        Index(folder, """{"metadata":{"total_size":24},"weight_map":{"c":"2.safetensors","a":"1.safetensors","b":"1.safetensors"}}""");
        using SafetensorsSet set = SafetensorsSet.Open(folder.Path);
        Assert.Equal(["a", "b", "c"], set.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([1f, 2f], set.ReadFloat32("c"));
        Assert.Null(set.Find("d"));
        using SafetensorsFile other = SafetensorsFile.Open(folder["1.safetensors"]);
        Assert.Throws<ArgumentException>(() => set.ReadFloat32(other.Require("a")));
    }

    [Theory]
    [InlineData(SafetensorsError.IndexInvalid, "{")]
    [InlineData(SafetensorsError.IndexInvalid, "{}")]
    [InlineData(SafetensorsError.IndexInvalid, """{"weight_map":{"a":"1.safetensors","a":"1.safetensors"}}""")]
    [InlineData(SafetensorsError.IndexInvalid, """{"weight_map":{"\ud800":"1.safetensors"}}""")]
    [InlineData(SafetensorsError.ShardOutsideFolder, """{"weight_map":{"a":"../1.safetensors"}}""")]
    [InlineData(SafetensorsError.ShardOutsideFolder, """{"weight_map":{"a":"/etc/passwd"}}""")]
    [InlineData(SafetensorsError.ShardOutsideFolder, """{"weight_map":{"a":"x\\1.safetensors"}}""")]
    [InlineData(SafetensorsError.ShardOutsideFolder, """{"weight_map":{"a":".."}}""")]
    [InlineData(SafetensorsError.ShardOutsideFolder, """{"weight_map":{"a":1}}""")]
    [InlineData(SafetensorsError.ShardOutsideFolder, """{"weight_map":{"a":"\ud800"}}""")]
    [InlineData(SafetensorsError.ShardMissing, """{"weight_map":{"a":"1.safetensors","b":"1.safetensors","c":"3.safetensors"}}""")]
    [InlineData(SafetensorsError.TensorNotInShard, """{"weight_map":{"a":"1.safetensors","b":"1.safetensors","c":"1.safetensors"}}""")]
    [InlineData(SafetensorsError.TensorNotInIndex, """{"weight_map":{"a":"1.safetensors"}}""")]
    [InlineData(SafetensorsError.TensorNotInIndex, """{"weight_map":{"a":"1.safetensors","b":"2.safetensors"}}""")]
    public void An_index_that_does_not_fit_its_shards_is_refused(SafetensorsError error, string index)
    {
        using TemporaryFolder folder = new();
        Shard(folder, "1.safetensors", "a", "b");
        Shard(folder, "2.safetensors", "b");
        Index(folder, index);
        SafetensorsFormatException exception = Assert.Throws<SafetensorsFormatException>(() => SafetensorsSet.Open(folder.Path));
        Assert.Equal(error, exception.Error);
        Assert.Contains(SafetensorsSet.IndexName, exception.Message);
    }

    [Fact]
    public void A_folder_without_weights_says_what_was_looked_for()
    {
        using TemporaryFolder folder = new();
        Assert.Contains("found neither", Assert.Throws<InputException>(() => SafetensorsSet.Open(folder.Path)).Message);
    }

    [Fact]
    public void Rows_of_a_closed_set_throw_and_do_not_crash()
    {
        using TemporaryFolder folder = new();
        new SafetensorsWriter().Add("w", TensorDtype.F32, [2, 2], (_, destination) => destination.Fill(1)).Write(folder[SafetensorsSet.SingleName]);
        SafetensorsSet set = SafetensorsSet.Open(folder.Path);
        TensorRows rows = set.Rows("w");
        rows.ReadRows(0, 2, new float[4]);
        set.Dispose();
        Assert.Throws<ObjectDisposedException>(() => rows.ReadRows(0, 2, new float[4]));
    }

    private static void Shard(TemporaryFolder folder, string name, params string[] tensors)
    {
        SafetensorsWriter writer = new();
        foreach (string tensor in tensors)
        {
            writer.Add(tensor, new float[] { 1, 2 });
        }

        writer.Write(folder[name]);
    }

    private static void Index(TemporaryFolder folder, string json) => AtomicFile.WriteText(folder[SafetensorsSet.IndexName], json);
}

using System.Buffers.Binary;
using System.Text;
using Saltus.Formats;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Formats;

public class SafetensorsErrorTests
{
    private const string Good = """{"dtype":"F32","shape":[4],"data_offsets":[0,16]}""";

    [Theory]
    [InlineData(SafetensorsError.HeaderNotObject, "[1]")]
    [InlineData(SafetensorsError.HeaderNotJson, """{"w":}""")]
    [InlineData(SafetensorsError.HeaderNotJson, """{"\ud800":1}""")]
    [InlineData(SafetensorsError.DuplicateKey, $$"""{"w":{{Good}},"w":{{Good}}}""")]
    [InlineData(SafetensorsError.DuplicateKey, """{"w":{"dtype":"F32","dtype":"F32","shape":[4],"data_offsets":[0,16]}}""")]
    [InlineData(SafetensorsError.DuplicateKey, $$$"""{"__metadata__":{},"__metadata__":{},"w":{{{Good}}}}""")]
    [InlineData(SafetensorsError.MetadataInvalid, $$$"""{"__metadata__":{"a":1},"w":{{{Good}}}}""")]
    [InlineData(SafetensorsError.EntryInvalid, """{"w":1}""")]
    [InlineData(SafetensorsError.EntryInvalid, """{"w":{"dtype":4,"shape":[4],"data_offsets":[0,16]}}""")]
    [InlineData(SafetensorsError.EntryInvalid, """{"w":{"dtype":"F32","shape":[-4],"data_offsets":[0,16]}}""")]
    [InlineData(SafetensorsError.EntryInvalid, """{"w":{"dtype":"F32","shape":[4],"data_offsets":[0]}}""")]
    [InlineData(SafetensorsError.DtypeUnknown, """{"w":{"dtype":"F31","shape":[4],"data_offsets":[0,16]}}""")]
    [InlineData(
        SafetensorsError.RankTooLarge,
        """{"w":{"dtype":"F32","shape":[4,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,16]}}""")]
    [InlineData(SafetensorsError.ShapeTooLarge, """{"w":{"dtype":"F32","shape":[4611686018427387905,4],"data_offsets":[0,16]}}""")]
    [InlineData(SafetensorsError.OffsetsInvalid, """{"w":{"dtype":"F32","shape":[4],"data_offsets":[16,0]}}""")]
    [InlineData(SafetensorsError.SizeMismatch, """{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,16]}}""")]
    [InlineData(SafetensorsError.DataTruncated, """{"w":{"dtype":"F32","shape":[8],"data_offsets":[0,32]}}""")]
    [InlineData(SafetensorsError.Overlap, """{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""")]
    [InlineData(SafetensorsError.Hole, """{"w":{"dtype":"F32","shape":[3],"data_offsets":[4,16]}}""")]
    [InlineData(SafetensorsError.TrailingBytes, """{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""")]
    public void Each_way_to_be_wrong_has_its_own_error(SafetensorsError error, string header)
    {
        using TemporaryFolder folder = new();
        Assert.Equal(error, OpenError(folder, File(Encoding.UTF8.GetBytes(header))).Error);
    }

    [Fact]
    public void Lengths_that_lie_have_their_own_errors()
    {
        using TemporaryFolder folder = new();
        Assert.Equal(SafetensorsError.FileTooShort, OpenError(folder, [2, 0, 0, 0, 0, 0, 0]).Error);
        byte[] file = File("{}"u8.ToArray());
        BinaryPrimitives.WriteUInt64LittleEndian(file, 1000);
        Assert.Equal(SafetensorsError.HeaderBeyondEnd, OpenError(folder, file).Error);
        BinaryPrimitives.WriteUInt64LittleEndian(file, ulong.MaxValue);
        Assert.Equal(SafetensorsError.HeaderTooLarge, OpenError(folder, file).Error);
        Assert.Equal(SafetensorsError.HeaderNotUtf8, OpenError(folder, File([(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)'}'])).Error);
    }

    [Fact]
    public void Asking_for_what_a_file_does_not_hold_says_what_it_holds()
    {
        using TemporaryFolder folder = new();
        string path = folder["a.safetensors"];
        new SafetensorsWriter().Add("w", new float[] { 1, 2, 3 }).AddInt64("n", [1], new long[] { 1L << 40 }).Write(path);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Check(SafetensorsError.TensorMissing, () => file.ReadMatrix("W"), "tensor 'W' in", "only n, w");
        Check(SafetensorsError.TensorDtype, () => file.ReadInt64("w"), "F32 [3]");
        Check(SafetensorsError.TensorDtype, () => file.Rows("n"), "I64 [1]");
        Check(SafetensorsError.TensorShape, () => file.Rows("w"), "two dimensions", "F32 [3]");
        Check(SafetensorsError.TensorShape, () => file.Require("w", 4), "[4]", "F32 [3]");
        Check(SafetensorsError.TensorValue, () => file.ReadInt32("n"), "1099511627776");
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Bytes(file.Require("w"), 8, 8).Length);
    }

    [Fact]
    public void Empty_tensors_with_huge_dimensions_are_empty_or_refused()
    {
        using TemporaryFolder folder = new();
        new SafetensorsWriter()
            .Add("rows", TensorDtype.F32, [int.MaxValue, 0], (_, _) => { })
            .Add("columns", TensorDtype.F32, [0, 1L << 40], (_, _) => { })
            .Write(folder["a.safetensors"]);
        using SafetensorsFile file = SafetensorsFile.Open(folder["a.safetensors"]);
        using Matrix rows = file.ReadMatrix("rows");
        Assert.Equal(int.MaxValue, rows.Rows);
        Check(SafetensorsError.TensorShape, () => file.ReadMatrix("columns"), "[0, 1099511627776]");
    }

    [Fact]
    public void A_file_that_is_not_there_is_one_line()
    {
        InputException exception = Assert.Throws<InputException>(() => SafetensorsFile.Open("nowhere/at/all.safetensors"));
        Assert.Equal("'nowhere/at/all.safetensors': cannot be read: there is no such folder; check the path", exception.Message);
    }

    [Fact]
    public void Mutated_files_are_read_or_refused_and_nothing_else_happens()
    {
        using TemporaryFolder folder = new();
        RandomSource random = new(1, "mutation");
        byte[][] originals = [.. ContainerCases.Find("safetensors", "valid").Select(file => file.Path).Where(path => new FileInfo(path).Length < 1000).Select(System.IO.File.ReadAllBytes)];
        byte[] alphabet = "{}[]:,\"0123456789.eE-\\u\0\xFF F"u8.ToArray();
        for (int i = 0; i < 3000; i++)
        {
            byte[] bytes = [.. originals[random.NextInt(originals.Length)]];
            for (int change = random.NextInt(3); change >= 0; change--)
            {
                int at = random.NextInt(bytes.Length);
                bytes[at] = random.NextInt(2) == 0 ? alphabet[random.NextInt(alphabet.Length)] : (byte)random.NextInt(256);
            }

            Array.Resize(ref bytes, random.NextInt(8) == 0 ? random.NextInt(bytes.Length + 8) : bytes.Length);
            string path = folder[$"{i % 8}.safetensors"];
            System.IO.File.WriteAllBytes(path, bytes);
            try
            {
                using SafetensorsFile file = SafetensorsFile.Open(path);
                foreach (TensorInfo tensor in file.Tensors)
                {
                    file.ReadFloat32(tensor);
                }
            }
            catch (InputException)
            {
                // Refused, as it may be.
            }
        }
    }

    private static void Check(SafetensorsError error, Action action, params string[] parts)
    {
        SafetensorsFormatException exception = Assert.Throws<SafetensorsFormatException>(action);
        Assert.Equal(error, exception.Error);
        Assert.All(parts, part => Assert.Contains(part, exception.Message));
    }

    private static SafetensorsFormatException OpenError(TemporaryFolder folder, byte[] content)
    {
        string path = folder["bad.safetensors"];
        System.IO.File.WriteAllBytes(path, content);
        return Assert.Throws<SafetensorsFormatException>(() => SafetensorsFile.Open(path));
    }

    private static byte[] File(byte[] header)
    {
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return [.. length, .. header, .. new byte[16]];
    }
}

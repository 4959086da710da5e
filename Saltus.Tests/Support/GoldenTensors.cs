using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Saltus.Tensors;

namespace Saltus.Tests.Support;

/// <summary>
/// The float32 and int64 tensors of a small golden file, read plainly and without the product's own reader, so that a fault there cannot hide here.
/// </summary>
/// <param name="path">A safetensors file.</param>
internal sealed class GoldenTensors(string path)
{
    private readonly byte[] _bytes = File.ReadAllBytes(path);

    /// <summary>Reads a tensor's values, row-major; fails where it is missing or of another type.</summary>
    public float[] Values(string name)
    {
        (_, long start, long end) = Find(name, "F32");
        return MemoryMarshal.Cast<byte, float>(_bytes.AsSpan((int)start, (int)(end - start))).ToArray();
    }

    /// <summary>Reads a tensor as a matrix whose columns are its last dimension.</summary>
    public Matrix Matrix(string name)
    {
        float[] values = Values(name);
        int columns = Find(name, "F32").Shape[^1];
        return Saltus.Tensors.Matrix.FromRows(values.Length / columns, columns, values);
    }

    /// <summary>Reads a table of 64-bit integers, row by row.</summary>
    public int[][] Integers(string name)
    {
        (int[] shape, long start, long end) = Find(name, "I64");
        int[] values = [.. MemoryMarshal.Cast<byte, long>(_bytes.AsSpan((int)start, (int)(end - start))).ToArray().Select(value => checked((int)value))];
        return [.. values.Chunk(shape[^1])];
    }

    private (int[] Shape, long Start, long End) Find(string name, string dtype)
    {
        int header = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(_bytes));
        using JsonDocument document = JsonDocument.Parse(_bytes.AsMemory(8, header));
        Assert.True(document.RootElement.TryGetProperty(name, out JsonElement tensor), $"{path} has no tensor {name}");
        Assert.Equal(dtype, tensor.GetProperty("dtype").GetString());
        long[] offsets = [.. tensor.GetProperty("data_offsets").EnumerateArray().Select(v => v.GetInt64())];
        return ([.. tensor.GetProperty("shape").EnumerateArray().Select(v => v.GetInt32())], 8 + header + offsets[0], 8 + header + offsets[1]);
    }
}

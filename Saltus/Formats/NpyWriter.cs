using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>Writes float32 arrays as .npy files of version 1.0, whole or not at all, with the bytes that NumPy itself would write.</summary>
public static class NpyWriter
{
    private const int BlockElements = 1 << 15;
    private const int Alignment = 64;

    /// <summary>NumPy leaves room for the first dimension to grow to this many digits in place.</summary>
    private const int GrowthDigits = 21;

    /// <summary>Writes a matrix.</summary>
    /// <param name="path">The file.</param>
    /// <param name="matrix">The matrix [rows, columns].</param>
    /// <exception cref="InputException">The file system refused; what was there before is untouched.</exception>
    public static void Write(string path, Matrix matrix) =>
        Write(path, [matrix.Rows, matrix.Columns], (first, destination) => SafetensorsWriter.CopyRows(matrix, first, destination));

    /// <summary>Writes an array that is read a block at a time.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shape">Dimensions, row-major.</param>
    /// <param name="read">Gives the values.</param>
    /// <exception cref="InputException">The file system refused; what was there before is untouched.</exception>
    public static void Write(string path, ReadOnlySpan<long> shape, TensorReader read)
    {
        byte[] header = Header(shape, TensorDtype.F32);
        long count = 1;
        foreach (long size in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(shape));
            count = checked(count * size);
        }

        AtomicFile.Write(path, stream =>
        {
            stream.Write(header);
            float[] block = new float[Math.Min(BlockElements, count)];
            for (long first = 0; first < count; first += block.Length)
            {
                Span<float> part = block.AsSpan(0, (int)Math.Min(block.Length, count - first));
                read(first, part);
                stream.Write(MemoryMarshal.AsBytes(part));
            }
        });
    }

    /// <summary>The bytes before the values.</summary>
    /// <exception cref="ArgumentException">NumPy has no such type.</exception>
    internal static byte[] Header(ReadOnlySpan<long> shape, TensorDtype dtype)
    {
        string descr = dtype switch
        {
            TensorDtype.F32 => "<f4",
            TensorDtype.F16 => "<f2",
            _ => throw new ArgumentException($"{dtype.Name()} is not written as an array of NumPy", nameof(dtype)),
        };
        string[] sizes = Array.ConvertAll(shape.ToArray(), size => size.ToString(CultureInfo.InvariantCulture));
        string tuple = sizes.Length == 1 ? $"({sizes[0]},)" : $"({string.Join(", ", sizes)})";
        string text = $"{{'descr': '{descr}', 'fortran_order': False, 'shape': {tuple}, }}";
        text += new string(' ', sizes.Length == 0 ? 0 : GrowthDigits - sizes[0].Length);
        byte[] start = [0x93, .. "NUMPY"u8, 1, 0, 0, 0];
        int padding = Alignment - ((start.Length + text.Length + 1) % Alignment);
        text += new string(' ', padding == Alignment ? 0 : padding) + "\n";
        BinaryPrimitives.WriteUInt16LittleEndian(start.AsSpan(start.Length - sizeof(ushort)), checked((ushort)text.Length));
        return [.. start, .. Encoding.ASCII.GetBytes(text)];
    }
}

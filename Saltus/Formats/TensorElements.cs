using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Saltus.Formats;

/// <summary>
/// Elements as bytes of a file (little-endian) to float32, float64 and int64, and float32 back to the narrower floats.
/// Every conversion is exact or rounds to nearest even, and is the same at every vector width: element by element, no sums.
/// </summary>
internal static class TensorElements
{
    private const int Bfloat16Shift = 16;
    private static readonly float[] s_e4m3 = Eight(exponentBits: 4, hasInfinity: false);
    private static readonly float[] s_e5m2 = Eight(exponentBits: 5, hasInfinity: true);

    /// <summary>Finds a byte of a BOOL tensor that is neither 0 nor 1: its index, or −1.</summary>
    public static int FindInvalidBool(ReadOnlySpan<byte> source) => source.IndexOfAnyExceptInRange((byte)0, (byte)1);

    /// <summary>Widens (float64 and large integers: rounds) elements to float32.</summary>
    public static void ToFloat32(TensorDtype dtype, ReadOnlySpan<byte> source, Span<float> destination)
    {
        switch (dtype)
        {
            case TensorDtype.F32:
                MemoryMarshal.Cast<byte, float>(source).CopyTo(destination);
                break;
            case TensorDtype.BF16:
                WidenBfloat16(MemoryMarshal.Cast<byte, ushort>(source), destination);
                break;
            case TensorDtype.F16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(source), destination);
                break;
            case TensorDtype.F8E4M3:
                Look(s_e4m3, source, destination);
                break;
            case TensorDtype.F8E5M2:
                Look(s_e5m2, source, destination);
                break;
            case TensorDtype.F64:
                Convert<double, float>(source, destination);
                break;
            case TensorDtype.Bool or TensorDtype.U8:
                Convert<byte, float>(source, destination);
                break;
            case TensorDtype.I8:
                Convert<sbyte, float>(source, destination);
                break;
            case TensorDtype.U16:
                Convert<ushort, float>(source, destination);
                break;
            case TensorDtype.I16:
                Convert<short, float>(source, destination);
                break;
            case TensorDtype.U32:
                Convert<uint, float>(source, destination);
                break;
            case TensorDtype.I32:
                Convert<int, float>(source, destination);
                break;
            case TensorDtype.U64:
                Convert<ulong, float>(source, destination);
                break;
            case TensorDtype.I64:
                Convert<long, float>(source, destination);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype));
        }
    }

    /// <summary>Widens elements to float64; only 64-bit integers beyond 2^53 are rounded.</summary>
    public static void ToFloat64(TensorDtype dtype, ReadOnlySpan<byte> source, Span<double> destination)
    {
        switch (dtype)
        {
            case TensorDtype.F64:
                MemoryMarshal.Cast<byte, double>(source).CopyTo(destination);
                break;
            case TensorDtype.U32:
                Convert<uint, double>(source, destination);
                break;
            case TensorDtype.I32:
                Convert<int, double>(source, destination);
                break;
            case TensorDtype.U64:
                Convert<ulong, double>(source, destination);
                break;
            case TensorDtype.I64:
                Convert<long, double>(source, destination);
                break;
            default:
                // The rest is exact in float32.
                Span<float> block = stackalloc float[256];
                int size = dtype.ByteSize();
                for (int i = 0; i < destination.Length; i += block.Length)
                {
                    Span<float> part = block[..Math.Min(block.Length, destination.Length - i)];
                    ToFloat32(dtype, source.Slice(i * size, part.Length * size), part);
                    for (int j = 0; j < part.Length; j++)
                    {
                        destination[i + j] = part[j];
                    }
                }

                break;
        }
    }

    /// <summary>Widens elements of an integer type; false if a U64 value does not fit (the result is then meaningless).</summary>
    public static bool ToInt64(TensorDtype dtype, ReadOnlySpan<byte> source, Span<long> destination)
    {
        switch (dtype)
        {
            case TensorDtype.Bool or TensorDtype.U8:
                Convert<byte, long>(source, destination);
                return true;
            case TensorDtype.I8:
                Convert<sbyte, long>(source, destination);
                return true;
            case TensorDtype.U16:
                Convert<ushort, long>(source, destination);
                return true;
            case TensorDtype.I16:
                Convert<short, long>(source, destination);
                return true;
            case TensorDtype.U32:
                Convert<uint, long>(source, destination);
                return true;
            case TensorDtype.I32:
                Convert<int, long>(source, destination);
                return true;
            case TensorDtype.I64 or TensorDtype.U64:
                MemoryMarshal.Cast<byte, long>(source).CopyTo(destination);
                return dtype == TensorDtype.I64 || destination.IndexOfAnyInRange(long.MinValue, -1) < 0;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype));
        }
    }

    /// <summary>Narrows float32 to F32, F16, BF16 or F64 bytes, rounding to nearest even; NaN stays NaN.</summary>
    public static void FromFloat32(TensorDtype dtype, ReadOnlySpan<float> source, Span<byte> destination)
    {
        switch (dtype)
        {
            case TensorDtype.F32:
                MemoryMarshal.AsBytes(source).CopyTo(destination);
                break;
            case TensorDtype.F16:
                TensorPrimitives.ConvertToHalf(source, MemoryMarshal.Cast<byte, Half>(destination));
                break;
            case TensorDtype.BF16:
                Span<ushort> narrow = MemoryMarshal.Cast<byte, ushort>(destination);
                for (int i = 0; i < source.Length; i++)
                {
                    narrow[i] = ToBfloat16(source[i]);
                }

                break;
            case TensorDtype.F64:
                Span<double> wide = MemoryMarshal.Cast<byte, double>(destination);
                for (int i = 0; i < source.Length; i++)
                {
                    wide[i] = source[i];
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype));
        }
    }

    private static ushort ToBfloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
        {
            // Rounding could carry a NaN's mantissa into infinity: set its quiet bit instead.
            return (ushort)((bits >> Bfloat16Shift) | 0x40);
        }

        // Half a unit, less one when the kept part is even: ties go to even.
        return (ushort)((bits + 0x7FFF + ((bits >> Bfloat16Shift) & 1)) >> Bfloat16Shift);
    }

    private static void WidenBfloat16(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        Span<uint> bits = MemoryMarshal.Cast<float, uint>(destination);
        int i = 0;
        for (; i <= source.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(source[i..]), out Vector<uint> low, out Vector<uint> high);
            Vector.ShiftLeft(low, Bfloat16Shift).CopyTo(bits[i..]);
            Vector.ShiftLeft(high, Bfloat16Shift).CopyTo(bits[(i + Vector<uint>.Count)..]);
        }

        for (; i < source.Length; i++)
        {
            bits[i] = (uint)source[i] << Bfloat16Shift;
        }
    }

    private static void Convert<TFrom, TTo>(ReadOnlySpan<byte> source, Span<TTo> destination)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        ReadOnlySpan<TFrom> values = MemoryMarshal.Cast<byte, TFrom>(source);
        for (int i = 0; i < values.Length; i++)
        {
            destination[i] = TTo.CreateTruncating(values[i]);
        }
    }

    private static void Look(float[] table, ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = table[source[i]];
        }
    }

    /// <summary>
    /// All 256 values of an 8-bit float. E5M2 is IEEE-like; E4M3 ("fn") has no infinity, and NaN only where exponent and mantissa
    /// are all ones.
    /// </summary>
    private static float[] Eight(int exponentBits, bool hasInfinity)
    {
        int mantissaBits = 7 - exponentBits;
        int bias = (1 << (exponentBits - 1)) - 1;
        int lastExponent = (1 << exponentBits) - 1;
        int lastMantissa = (1 << mantissaBits) - 1;
        float[] table = new float[256];
        for (int code = 0; code < table.Length; code++)
        {
            int exponent = (code >> mantissaBits) & lastExponent;
            int mantissa = code & lastMantissa;
            float magnitude;
            if (exponent == lastExponent && hasInfinity)
            {
                magnitude = mantissa == 0 ? float.PositiveInfinity : float.NaN;
            }
            else if (exponent == lastExponent && mantissa == lastMantissa)
            {
                magnitude = float.NaN;
            }
            else
            {
                int units = exponent == 0 ? mantissa : mantissa + (1 << mantissaBits);
                magnitude = MathF.ScaleB(units, Math.Max(exponent, 1) - bias - mantissaBits);
            }

            table[code] = code >= 128 ? -magnitude : magnitude;
        }

        return table;
    }
}

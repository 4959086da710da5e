namespace Saltus.Formats;

/// <summary>Element types of tensors in files.</summary>
public enum TensorDtype
{
    /// <summary>One byte, 0 or 1.</summary>
    Bool,

    /// <summary>Unsigned, 8 bits.</summary>
    U8,

    /// <summary>Signed, 8 bits.</summary>
    I8,

    /// <summary>8-bit float, 4 exponent and 3 mantissa bits, no infinities.</summary>
    F8E4M3,

    /// <summary>8-bit float, 5 exponent and 2 mantissa bits.</summary>
    F8E5M2,

    /// <summary>Unsigned, 16 bits.</summary>
    U16,

    /// <summary>Signed, 16 bits.</summary>
    I16,

    /// <summary>IEEE half precision.</summary>
    F16,

    /// <summary>The upper half of a float32.</summary>
    BF16,

    /// <summary>Unsigned, 32 bits.</summary>
    U32,

    /// <summary>Signed, 32 bits.</summary>
    I32,

    /// <summary>IEEE single precision.</summary>
    F32,

    /// <summary>Unsigned, 64 bits.</summary>
    U64,

    /// <summary>Signed, 64 bits.</summary>
    I64,

    /// <summary>IEEE double precision.</summary>
    F64,

    /// <summary>Blocks of 32: a half-precision scale, 4-bit values less 8 (GGUF only, as are all that follow).</summary>
    Q4Zero,

    /// <summary>Blocks of 32: half-precision scale and minimum, 4-bit values.</summary>
    Q4One,

    /// <summary>Blocks of 32: a half-precision scale, 5-bit values less 16.</summary>
    Q5Zero,

    /// <summary>Blocks of 32: half-precision scale and minimum, 5-bit values.</summary>
    Q5One,

    /// <summary>Blocks of 32: a half-precision scale, signed bytes.</summary>
    Q8Zero,

    /// <summary>Blocks of 256, 2 bits a value, 4-bit scales and minima of 16 values each.</summary>
    Q2K,

    /// <summary>Blocks of 256, 3 bits a value, 6-bit scales of 16 values each.</summary>
    Q3K,

    /// <summary>Blocks of 256, 4 bits a value, 6-bit scales and minima of 32 values each.</summary>
    Q4K,

    /// <summary>Blocks of 256, 5 bits a value, 6-bit scales and minima of 32 values each.</summary>
    Q5K,

    /// <summary>Blocks of 256, 6 bits a value, 8-bit scales of 16 values each.</summary>
    Q6K,
}

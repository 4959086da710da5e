namespace Saltus.Formats;

/// <summary>What is wrong with a .npy file, an array inside a .npz file, or an array asked for.</summary>
public enum NpyError
{
    /// <summary>The file does not begin as a .npy file does.</summary>
    NotNpy,

    /// <summary>The version is none of 1.0, 2.0, 3.0.</summary>
    VersionUnknown,

    /// <summary>The header is longer than <see cref="NpyLimits.MaxHeaderBytes"/>.</summary>
    HeaderTooLarge,

    /// <summary>The header is longer than the file.</summary>
    HeaderTruncated,

    /// <summary>The header is not a dictionary of exactly descr, fortran_order and shape, each of its type.</summary>
    HeaderInvalid,

    /// <summary>The elements are not plain numbers or truth values.</summary>
    DtypeUnsupported,

    /// <summary>More dimensions than <see cref="NpyLimits.MaxRank"/>, or more than 2^63 bytes.</summary>
    ShapeTooLarge,

    /// <summary>The data end before the array does.</summary>
    DataTruncated,

    /// <summary>Inside a .npz: bytes after the array belong to nothing.</summary>
    TrailingBytes,

    /// <summary>There is no array of that name.</summary>
    ArrayMissing,

    /// <summary>The element type cannot serve.</summary>
    ArrayDtype,

    /// <summary>The shape is another, or too large for memory.</summary>
    ArrayShape,

    /// <summary>An element has a value that is not allowed.</summary>
    ArrayValue,
}

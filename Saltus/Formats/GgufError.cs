namespace Saltus.Formats;

/// <summary>What is wrong with a GGUF file, or with what was asked of it.</summary>
public enum GgufError
{
    /// <summary>Fewer bytes than the fixed part of the header.</summary>
    FileTooShort,

    /// <summary>The file does not begin with "GGUF".</summary>
    WrongMagic,

    /// <summary>The numbers have their bytes in the other order.</summary>
    BigEndian,

    /// <summary>A version other than 2 and 3.</summary>
    UnsupportedVersion,

    /// <summary>More tensors or keys are announced than the file has room for.</summary>
    CountTooLarge,

    /// <summary>The file ends within the metadata or the list of tensors.</summary>
    HeaderTruncated,

    /// <summary>A text is longer than what is left of the file, or than its kind may be.</summary>
    TextTooLong,

    /// <summary>A text is not valid UTF-8.</summary>
    InvalidText,

    /// <summary>An array is longer than what is left of the file.</summary>
    ArrayTooLong,

    /// <summary>Arrays within arrays, deeper than <see cref="GgufLimits.MaxNesting"/>.</summary>
    NestingTooDeep,

    /// <summary>A type of metadata that is not known.</summary>
    UnknownValueType,

    /// <summary>A truth value that is neither 0 nor 1.</summary>
    InvalidBool,

    /// <summary>A key is there twice.</summary>
    DuplicateKey,

    /// <summary>A tensor is there twice.</summary>
    DuplicateTensor,

    /// <summary>More dimensions than <see cref="GgufLimits.MaxRank"/>.</summary>
    RankTooLarge,

    /// <summary>A dimension is 0, or the size is beyond 2^63.</summary>
    InvalidShape,

    /// <summary>A type of tensor that is not known, or not read.</summary>
    UnknownTensorType,

    /// <summary>Rows are no multiple of the type's blocks.</summary>
    RaggedBlocks,

    /// <summary>general.alignment is no power of two of type uint32.</summary>
    InvalidAlignment,

    /// <summary>A tensor does not begin at a multiple of the alignment.</summary>
    OffsetUnaligned,

    /// <summary>A tensor's data end beyond the file.</summary>
    DataTruncated,

    /// <summary>Two tensors share bytes.</summary>
    Overlap,

    /// <summary>A key is not in the metadata.</summary>
    KeyMissing,

    /// <summary>A key has a value of another type.</summary>
    KeyType,

    /// <summary>A key has a value that cannot be used.</summary>
    KeyValue,

    /// <summary>There is no tensor of that name.</summary>
    TensorMissing,

    /// <summary>The element type cannot serve.</summary>
    TensorDtype,

    /// <summary>The shape is another, or too large for memory.</summary>
    TensorShape,

    /// <summary>An element has a value that is not allowed.</summary>
    TensorValue,
}

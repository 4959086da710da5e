namespace Saltus.Formats;

/// <summary>What is wrong with a safetensors file, an index, or a tensor asked for.</summary>
public enum SafetensorsError
{
    /// <summary>Fewer than the eight bytes of the header's length.</summary>
    FileTooShort,

    /// <summary>The header is longer than <see cref="SafetensorsLimits.MaxHeaderBytes"/>.</summary>
    HeaderTooLarge,

    /// <summary>The header is longer than the file.</summary>
    HeaderBeyondEnd,

    /// <summary>The header is not valid UTF-8.</summary>
    HeaderNotUtf8,

    /// <summary>The header does not begin with an opening brace.</summary>
    HeaderNotObject,

    /// <summary>The header is not JSON.</summary>
    HeaderNotJson,

    /// <summary>A name or field is there twice.</summary>
    DuplicateKey,

    /// <summary>The metadata is not a map from strings to strings.</summary>
    MetadataInvalid,

    /// <summary>An entry is not an object with dtype, shape and data_offsets of the right types.</summary>
    EntryInvalid,

    /// <summary>The element type is not known.</summary>
    DtypeUnknown,

    /// <summary>More dimensions than <see cref="SafetensorsLimits.MaxRank"/>.</summary>
    RankTooLarge,

    /// <summary>The size in bytes is beyond 2^63.</summary>
    ShapeTooLarge,

    /// <summary>The offsets end before they start, or lie outside the data.</summary>
    OffsetsInvalid,

    /// <summary>The offsets hold another number of bytes than shape and type need.</summary>
    SizeMismatch,

    /// <summary>Two tensors share bytes.</summary>
    Overlap,

    /// <summary>Bytes between tensors belong to none.</summary>
    Hole,

    /// <summary>The data end before the last tensor does.</summary>
    DataTruncated,

    /// <summary>Bytes after the last tensor belong to none.</summary>
    TrailingBytes,

    /// <summary>There is no tensor of that name.</summary>
    TensorMissing,

    /// <summary>The element type cannot serve.</summary>
    TensorDtype,

    /// <summary>The shape is another, or too large for memory.</summary>
    TensorShape,

    /// <summary>An element has a value that is not allowed.</summary>
    TensorValue,

    /// <summary>The index of a sharded model cannot be used.</summary>
    IndexInvalid,

    /// <summary>The index names a file outside its folder.</summary>
    ShardOutsideFolder,

    /// <summary>A file that the index names is not there.</summary>
    ShardMissing,

    /// <summary>The index puts a tensor into a shard that lacks it.</summary>
    TensorNotInShard,

    /// <summary>A shard holds a tensor that the index does not put there.</summary>
    TensorNotInIndex,
}

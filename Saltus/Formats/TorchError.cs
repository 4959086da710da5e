namespace Saltus.Formats;

/// <summary>What is wrong with a torch file, or with a tensor asked for.</summary>
public enum TorchError
{
    /// <summary>Neither a zip archive nor a pickle, or a pickle that torch.save did not write.</summary>
    NotTorch,

    /// <summary>The zip archive cannot be trusted, or an entry is not what its directory says.</summary>
    ContainerInvalid,

    /// <summary>The archive lacks a record that every torch file has.</summary>
    RecordMissing,

    /// <summary>A container or pickle version that is not known.</summary>
    VersionUnsupported,

    /// <summary>The byte order is neither "little" nor "big".</summary>
    ByteOrderUnknown,

    /// <summary>The pickle ends early, contradicts itself, or has bytes behind its end.</summary>
    PickleInvalid,

    /// <summary>An operation of pickle that tensors in dictionaries do not need.</summary>
    OpcodeUnsupported,

    /// <summary>A class or function that is none of the few that tensors need; it is named, and never called.</summary>
    GlobalNotAllowed,

    /// <summary>Beyond one of the <see cref="TorchLimits"/>.</summary>
    LimitExceeded,

    /// <summary>Complex or quantised elements.</summary>
    DtypeUnsupported,

    /// <summary>A sparse, nested or otherwise not strided tensor.</summary>
    LayoutUnsupported,

    /// <summary>Shape, strides and offset of a tensor do not fit its storage or one another.</summary>
    TensorInvalid,

    /// <summary>A storage is missing, or of another length than the pickle says.</summary>
    StorageInvalid,

    /// <summary>What the file holds is not a dictionary of names.</summary>
    NotDictionary,

    /// <summary>The checksum of a record is another.</summary>
    ChecksumMismatch,

    /// <summary>There is no tensor of that name.</summary>
    TensorMissing,

    /// <summary>The element type cannot serve.</summary>
    TensorDtype,

    /// <summary>The shape is another, or too large for memory.</summary>
    TensorShape,

    /// <summary>An element, or an entry that is not a tensor, has a value that is not allowed.</summary>
    TensorValue,
}

namespace Saltus.Formats;

/// <summary>What is wrong with the files of an SAE, or why they cannot be read or written.</summary>
public enum SaeFormatError
{
    /// <summary>The files are of no format that is known.</summary>
    FormatUnknown,

    /// <summary>The folder lacks a file that the format needs.</summary>
    FileMissing,

    /// <summary>A key of the configuration is missing, of another type, or has a value that cannot be.</summary>
    ConfigInvalid,

    /// <summary>The architecture is none that the format knows.</summary>
    ArchitectureUnknown,

    /// <summary>The format knows the architecture, and we cannot express it.</summary>
    ArchitectureUnsupported,

    /// <summary>A training checkpoint, which is not what inference needs.</summary>
    CheckpointUnsupported,

    /// <summary>A normalisation that cannot be applied.</summary>
    NormalizationUnsupported,

    /// <summary>A tensor that the architecture needs is missing.</summary>
    TensorMissing,

    /// <summary>A tensor that the architecture does not have: dropping it could change the result.</summary>
    TensorUnknown,

    /// <summary>A tensor of another shape or type than configuration and architecture say.</summary>
    TensorShape,

    /// <summary>A tensor has values that the architecture does not allow.</summary>
    TensorValue,

    /// <summary>The SAE cannot be expressed in the format to be written.</summary>
    NotExpressible,
}

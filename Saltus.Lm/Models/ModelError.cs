namespace Saltus.Lm.Models;

/// <summary>What is wrong with a language model's folder, or with what it was asked.</summary>
public enum ModelError
{
    /// <summary>The folder or its config.json is not there.</summary>
    NoModel,

    /// <summary>The weights are in a form that is not read.</summary>
    UnsupportedWeights,

    /// <summary>The configuration cannot be used: a key is missing, of another type or out of range.</summary>
    InvalidConfiguration,

    /// <summary>Two keys of the configuration contradict each other.</summary>
    Contradiction,

    /// <summary>The model_type is none that is known.</summary>
    UnknownFamily,

    /// <summary>The activation function is none that is known.</summary>
    UnknownActivation,

    /// <summary>The rope type is none that is known.</summary>
    UnknownRope,

    /// <summary>The configuration asks for something that is refused by name, such as quantised weights.</summary>
    Refused,

    /// <summary>A tensor that the model needs is not in the file.</summary>
    MissingTensor,

    /// <summary>A tensor is in the file that the model does not read.</summary>
    UnknownTensor,

    /// <summary>A tensor has another shape than the configuration says.</summary>
    WrongShape,

    /// <summary>The model has no such site or layer.</summary>
    UnknownSite,

    /// <summary>A token is outside the vocabulary.</summary>
    TokenOutsideVocabulary,

    /// <summary>A sequence is longer than the model has positions.</summary>
    SequenceTooLong,

    /// <summary>A reference file holds no kind of reference that is known.</summary>
    UnknownReference,
}

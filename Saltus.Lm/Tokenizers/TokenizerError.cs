namespace Saltus.Lm.Tokenizers;

/// <summary>What is wrong with a tokenizer file or with a reference of one.</summary>
public enum TokenizerError
{
    /// <summary>No such file, or a folder without a tokenizer.json.</summary>
    NotFound,

    /// <summary>The file cannot be read or unpacked.</summary>
    Unreadable,

    /// <summary>The file is larger than any tokenizer.</summary>
    TooLarge,

    /// <summary>The text is not JSON.</summary>
    MalformedJson,

    /// <summary>A field that the format demands is absent.</summary>
    MissingField,

    /// <summary>A field holds another kind of value than it must.</summary>
    WrongType,

    /// <summary>A key that no version of the format defines.</summary>
    UnknownKey,

    /// <summary>A normalizer, pre-tokenizer, model, post-processor or decoder that is not known.</summary>
    UnknownComponent,

    /// <summary>A known option with a value that cannot be followed.</summary>
    UnsupportedOption,

    /// <summary>A regular expression for which there is no exact scanner.</summary>
    UnsupportedPattern,

    /// <summary>A token's text or id in the vocabulary is not usable.</summary>
    BadVocabulary,

    /// <summary>Two tokens share a text or an id.</summary>
    DuplicateToken,

    /// <summary>A merge is malformed or names a token that the vocabulary lacks.</summary>
    BadMerge,

    /// <summary>An added token is malformed or contradicts the vocabulary.</summary>
    BadAddedToken,

    /// <summary>A post-processing template refers to something that does not exist.</summary>
    BadTemplate,

    /// <summary>Text needs the unknown token, and the vocabulary has none.</summary>
    MissingUnknownToken,

    /// <summary>A file of reference cases is malformed.</summary>
    BadReference,
}

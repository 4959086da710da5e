namespace Saltus.Lm.Tokenizers;

/// <summary>What a token of a GGUF file is for, by the numbers of tokenizer.ggml.token_type.</summary>
internal enum GgufTokenType
{
    /// <summary>A piece of text.</summary>
    Normal = 1,

    /// <summary>What stands for text that no token covers.</summary>
    Unknown = 2,

    /// <summary>BOS, EOS and their like: cut out of the text, skipped on decoding.</summary>
    Control = 3,

    /// <summary>Cut out of the text, but text itself.</summary>
    UserDefined = 4,

    /// <summary>Never made.</summary>
    Unused = 5,

    /// <summary>A byte, &lt;0xNN&gt;.</summary>
    Byte = 6,
}

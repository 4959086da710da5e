namespace Saltus.Lm.Tokenizers;

/// <summary>What a name in tokenizer.ggml.pre stands for: what is done to a text before byte-level BPE.</summary>
/// <param name="Cuts">The cuts, one within the other, before bytes are written in the byte alphabet.</param>
/// <param name="IgnoresMerges">Whether a piece that is a token is taken whole.</param>
/// <param name="AddsBos">Whether a text begins with BOS where the file does not say.</param>
/// <param name="Normalizer">What changes the text first, or null.</param>
internal sealed record GgufPreTokenizer(IReadOnlyList<PieceScanner> Cuts, bool IgnoresMerges = false, bool AddsBos = false, Normalizer? Normalizer = null)
{
    private const int Llama3Digits = 3;

    private static readonly GgufPreTokenizer s_gpt2 = new([new Gpt2Scanner()]);
    private static readonly GgufPreTokenizer s_singleDigits = new([new DigitScanner(true), new Gpt2Scanner()]);
    private static readonly GgufPreTokenizer s_llama3 = new([new Llama3Scanner(Llama3Digits)], IgnoresMerges: true, AddsBos: true);
    private static readonly GgufPreTokenizer s_llama3Manner = new([new Llama3Scanner(Llama3Digits)]);
    private static readonly GgufPreTokenizer s_llama3SingleDigits = new([new Llama3Scanner(1)]);

    private static readonly Dictionary<string, GgufPreTokenizer> s_all = new(StringComparer.Ordinal)
    {
        ["gpt-2"] = s_gpt2,
        ["phi-2"] = s_gpt2,
        ["olmo"] = s_gpt2,
        ["smollm"] = s_singleDigits,
        ["starcoder"] = s_singleDigits,
        ["refact"] = s_singleDigits,
        ["command-r"] = s_singleDigits,
        ["llama-bpe"] = s_llama3,
        ["llama3"] = s_llama3,
        ["dbrx"] = s_llama3Manner,
        ["smaug-bpe"] = s_llama3Manner,
        ["qwen2"] = s_llama3SingleDigits with { Normalizer = new UnicodeNormalizer(new NormalizationForm(false, true)) },
        ["deepseek-r1-qwen"] = s_llama3SingleDigits,
        ["stablelm2"] = s_llama3SingleDigits,
        ["tekken"] = new([new NemoScanner()], IgnoresMerges: true, AddsBos: true),
    };

    /// <summary>The one of a name.</summary>
    /// <exception cref="TokenizerFormatException">None is known.</exception>
    public static GgufPreTokenizer Get(string? name, string file) => name is not null && s_all.TryGetValue(name, out GgufPreTokenizer? known)
        ? known
        : throw new TokenizerFormatException(
            TokenizerError.UnknownComponent,
            $"'{file}': key 'tokenizer.ggml.pre': expected one of {string.Join(", ", s_all.Keys)}, found {(name is null ? "none" : $"'{name}'")}; put the model's tokenizer.json beside the file");

    /// <summary>The cuts as a pre-tokenizer that ends in the byte alphabet.</summary>
    public PreTokenizer ToPreTokenizer() => new PreTokenizerSequence(
    [
        .. Cuts.SkipLast(1).Select(cut => new SplitPreTokenizer(new ScannerPattern(cut), SplitBehavior.Isolated, false)),
        new ByteLevelPreTokenizer(false, Cuts[^1]),
    ]);
}

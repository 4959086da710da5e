using System.Text;
using System.Text.Json.Nodes;
using Saltus.Lm.Tokenizers;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Tokenizers;

public sealed class TokenizerFuzzTests
{
    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const string Digits = @"\p{N}|\P{N}+";

    private const string Contractions = "'[sSſ]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]";
    private const string Llama3Rest = @" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Nemo =
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
        + @"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>Strings for each tokenizer; SALTUS_TOKENIZER_FUZZ sets another number.</summary>
    private static readonly int s_count =
        int.TryParse(Environment.GetEnvironmentVariable("SALTUS_TOKENIZER_FUZZ"), out int count) ? count : 1000;

    [Fact]
    public void Random_strings_by_the_GPT2_pattern_equal_the_plain_definition() =>
        Run("gpt2", json => json, PlainTokenizer.ByteLevel(Gpt2));

    [Fact]
    public void Random_strings_with_single_digits_equal_the_plain_definition() =>
        Run("smollm2", json => json, PlainTokenizer.ByteLevel(Digits, Gpt2));

    [Fact]
    public void Random_strings_of_sentence_piece_style_equal_the_plain_definition() =>
        Run("mistral", json => json, PlainTokenizer.Marked);

    [Fact]
    public void Random_strings_by_the_Llama3_pattern_equal_the_plain_definition() => Run(
        "sample",
        json => WithSplit(json, @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|" + Llama3Rest, true),
        PlainTokenizer.ByteLevel(Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|" + Llama3Rest));

    [Fact]
    public void Random_strings_by_the_Nemo_pattern_equal_the_plain_definition() =>
        Run("sample", json => WithSplit(json, Nemo, false), PlainTokenizer.ByteLevel(Nemo));

    [Theory]
    [InlineData("sample", """{"type":"NFC"}""", """{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"\\s+|[^\\s]+"},"behavior":"Contiguous","invert":false},{"type":"ByteLevel","add_prefix_space":true}]}""")]
    [InlineData("gpt2", """{"type":"Sequence","normalizers":[{"type":"NFKD"},{"type":"StripAccents"},{"type":"Lowercase"}]}""", """{"type":"ByteLevel","add_prefix_space":false}""")]
    [InlineData("mistral", """{"type":"Replace","pattern":{"String":" "},"content":"\u2581"}""", """{"type":"Split","pattern":{"String":" "},"behavior":"MergedWithPrevious","invert":false}""")]
    [InlineData("mistral", "null", """{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"first","split":true}""")]
    [InlineData("mistral", """{"type":"Strip","strip_left":true,"strip_right":false}""", """{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"first","split":true}""")]
    [InlineData("mistral", """{"type":"Replace","pattern":{"Regex":"\\s+"},"content":" "}""", """{"type":"Sequence","pretokenizers":[{"type":"Whitespace"},{"type":"Digits","individual_digits":false},{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"always"}]}""")]
    [InlineData("sample", "null", """{"type":"Sequence","pretokenizers":[{"type":"ByteLevel","add_prefix_space":true},{"type":"Punctuation","behavior":"MergedWithNext"}]}""")]
    [InlineData("sample", "null", """{"type":"Sequence","pretokenizers":[{"type":"BertPreTokenizer"},{"type":"FixedLength","length":3},{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]}""")]
    public void The_way_to_ids_alone_and_the_way_with_offsets_agree_on_any_pipeline(string name, string normalizer, string preTokenizer)
    {
        JsonNode root = JsonNode.Parse(PlainTokenizer.ReadJson(Path.Combine(Fixtures.Roots[0], "tokenizers", name)))!;
        root["normalizer"] = JsonNode.Parse(normalizer);
        root["pre_tokenizer"] = JsonNode.Parse(preTokenizer);
        root["added_tokens"]![0]!["normalized"] = true;
        root["added_tokens"]![0]!["rstrip"] = true;
        Tokenizer tokenizer = Tokenizer.Parse(Encoding.UTF8.GetBytes(root.ToJsonString()), name);
        var random = new RandomSource(8, $"two ways {preTokenizer}");
        List<int> fast = [];
        for (int i = 0; i < s_count / 3; i++)
        {
            string text = NastyText.Next(random);
            fast.Clear();
            tokenizer.EncodeIds(text, fast);
            IReadOnlyList<int> slow = tokenizer.Encode(text).Ids;
            Assert.True(slow.SequenceEqual(fast), $"{name} {preTokenizer}, string {i}: {Show(text)}: {Join(slow)} against {Join(fast)}");
        }
    }

    private static byte[] WithSplit(byte[] json, string pattern, bool ignoreMerges)
    {
        JsonNode root = JsonNode.Parse(json)!;
        root["pre_tokenizer"] = new JsonObject
        {
            ["type"] = "Sequence",
            ["pretokenizers"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = "Split",
                    ["pattern"] = new JsonObject { ["Regex"] = pattern },
                    ["behavior"] = "Isolated",
                    ["invert"] = false,
                },
                new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = false }),
        };
        root["model"]!["ignore_merges"] = ignoreMerges;
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    private static void Run(string name, Func<byte[], byte[]> change, Func<string, List<string>> pieces)
    {
        string folder = Path.Combine(Fixtures.Roots[0], "tokenizers", name);
        byte[] json = change(PlainTokenizer.ReadJson(folder));
        var plain = new PlainTokenizer(json, pieces);
        Tokenizer tokenizer = Tokenizer.Parse(json, name);
        var random = new RandomSource(8, $"tokenizer fuzz {name}");
        List<int> fast = [];
        for (int i = 0; i < s_count; i++)
        {
            string text = NastyText.Next(random);
            List<int> expected = plain.Encode(text);
            fast.Clear();
            tokenizer.EncodeIds(text, fast, false);
            TokenEncoding encoding = tokenizer.Encode(text, false);
            Assert.True(expected.SequenceEqual(fast), $"{name}, string {i}, ids: {Show(text)}: expected {Join(expected)}, found {Join(fast)}");
            Assert.True(expected.SequenceEqual(encoding.Ids), $"{name}, string {i}, encoding: {Show(text)}: expected {Join(expected)}, found {Join(encoding.Ids)}");
            int length = text.EnumerateRunes().Count();
            Assert.All(encoding.Offsets, place => Assert.True(place.Start >= 0 && place.Start < place.End && place.End <= length, $"{name}, string {i}: {Show(text)}"));
        }
    }

    private static string Join(IEnumerable<int> ids) => string.Join(' ', ids);

    private static string Show(string text) => System.Text.Json.JsonEncodedText.Encode(text).ToString();
}

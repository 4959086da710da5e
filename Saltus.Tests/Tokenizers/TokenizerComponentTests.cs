using System.Text;
using Saltus.Kernels;
using Saltus.Lm.Tokenizers;
using Saltus.Tensors;

namespace Saltus.Tests.Tokenizers;

/// <summary>Components that no carried tokenizer has, against results worked out by hand from the reference's definition.</summary>
public sealed class TokenizerComponentTests
{
    private const string WordLevel = """{"type":"WordLevel","vocab":{"[UNK]":0},"unk_token":"[UNK]"}""";

    [Theory]
    [InlineData("""{"type":"Split","pattern":{"String":"-"},"behavior":"Removed","invert":false}""", "the-final--countdown", "the|final|countdown")]
    [InlineData("""{"type":"Split","pattern":{"String":"-"},"behavior":"Isolated","invert":false}""", "the-final--countdown", "the|-|final|-|-|countdown")]
    [InlineData("""{"type":"Split","pattern":{"String":"-"},"behavior":"MergedWithPrevious","invert":false}""", "the-final--countdown", "the-|final-|-|countdown")]
    [InlineData("""{"type":"Split","pattern":{"String":"-"},"behavior":"MergedWithNext","invert":false}""", "the-final--countdown", "the|-final|-|-countdown")]
    [InlineData("""{"type":"Split","pattern":{"String":"-"},"behavior":"Contiguous","invert":false}""", "the-final--countdown", "the|-|final|--|countdown")]
    [InlineData("""{"type":"Split","pattern":{"String":"-"},"behavior":"Removed","invert":true}""", "the-final--countdown", "-|-|-")]
    [InlineData("""{"type":"Split","pattern":{"Regex":"\\s+"},"behavior":"Removed","invert":false}""", " a  b\tc ", "a|b|c")]
    [InlineData("""{"type":"Split","pattern":{"Regex":"[[:punct:]&&[^_]]"},"behavior":"Isolated","invert":false}""", "a_b,c", "a_b|,|c")]
    [InlineData("""{"type":"Split","pattern":{"Regex":"(?<=[a-z])(?=[A-Z])"},"behavior":"Isolated","invert":false}""", "camelCaseX", "camel|Case|X")]
    [InlineData("""{"type":"Split","pattern":{"Regex":"(?i:k|s)+?"},"behavior":"Isolated","invert":false}""", "aKs\u017F\u212Ab", "a|K|s|\u017F|\u212A|b")]
    [InlineData("""{"type":"Split","pattern":{"Regex":"a{2}|\\p{Lu}\\p{Ll}*+|\\d++"},"behavior":"Isolated","invert":false}""", "aaaAbc12\u0663x", "aa|a|Abc|12\u0663|x")]
    [InlineData("""{"type":"Whitespace"}""", "Hey, you! a_b 1\u00B2", "Hey|,|you|!|a_b|1|\u00B2")]
    [InlineData("""{"type":"WhitespaceSplit"}""", "Hey, you!\u2003x\u200By", "Hey,|you!|x\u200By")]
    [InlineData("""{"type":"Punctuation","behavior":"Contiguous"}""", "Hi!?+you", "Hi|!?+|you")]
    [InlineData("""{"type":"BertPreTokenizer"}""", "Hi!? you\u3002x", "Hi|!|?|you|\u3002|x")]
    [InlineData("""{"type":"Digits","individual_digits":false}""", "ab12c\u00BD3", "ab|12|c|\u00BD3")]
    [InlineData("""{"type":"Digits","individual_digits":true}""", "ab12\u216B", "ab|1|2|\u216B")]
    [InlineData("""{"type":"CharDelimiterSplit","delimiter":"-"}""", "a-b--c", "a|b|c")]
    [InlineData("""{"type":"FixedLength","length":2}""", "a\U0001F600bcd", "a\U0001F600|bc|d")]
    [InlineData("""{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"always","split":true}""", "a  b c", "\u2581a|\u2581|\u2581b|\u2581c")]
    [InlineData("""{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"never","split":true}""", "a b", "a|\u2581b")]
    [InlineData("""{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"first","split":false}""", "a b", "\u2581a\u2581b")]
    [InlineData("""{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}""", "a\u00E9 b", "\u0120a\u00C3\u00A9|\u0120b")]
    public void Pre_tokenizers_cut_as_the_reference_does(string component, string text, string expected)
    {
        // A vocabulary of the expected pieces shows them; the fast path must see the same ones.
        string[] pieces = expected.Split('|');
        Tokenizer tokenizer = WithWords(component, pieces);
        TokenEncoding encoding = tokenizer.Encode(text);
        Assert.Equal(pieces, encoding.Tokens);
        AssertFastPath(tokenizer, text);
    }

    [Theory]
    [InlineData("NFC", "e\u0301 \u1E9B\u0323 \uAC00\u11A8 \u2126 \u0958 q\u0307\u0323", "\u00E9 \u1E9B\u0323 \uAC01 \u03A9 \u0915\u093C q\u0323\u0307", "0,1 2,3 3,4 4,5 5,6 6,7 8,9 9,10 10,11 11,12 11,12 12,13 13,14 14,15 15,16")]
    [InlineData("NFD", "\u00E9\uAC01\uFB01", "e\u0301\u1100\u1161\u11A8\uFB01", "0,1 0,1 1,2 1,2 1,2 2,3")]
    [InlineData("NFKC", "\uFB01\u00B2\uFF21e\u0301", "fi2A\u00E9", "0,1 0,1 1,2 2,3 3,4")]
    [InlineData("NFKD", "\u00BD\u1E9B", "1\u20442s\u0307", "0,1 0,1 0,1 1,2 1,2")]
    [InlineData("Lowercase", "A\u0130\u03A3\u1E9E\U00010400", "ai\u0307\u03C3\u00DF\U00010428", "0,1 1,2 1,2 2,3 3,4 4,5")]
    [InlineData("StripAccents", "e\u0301a\u0903b", "eab", "0,1 2,3 4,5")]
    [InlineData("Nmt", "a\u0001\tb\u200Bc", "a b c", "0,1 2,3 3,4 4,5 5,6")]
    public void Normalizers_change_text_and_keep_places_as_the_reference_does(string name, string text, string expected, string places)
    {
        string characters = string.Join('|', expected.EnumerateRunes());
        Tokenizer tokenizer = WithWords("""{"type":"FixedLength","length":1}""", characters.Split('|'), $$"""{"type":"{{name}}"}""");
        TokenEncoding encoding = tokenizer.Encode(text);
        Assert.Equal(characters, string.Join('|', encoding.Tokens));
        Assert.Equal(places, string.Join(' ', encoding.Offsets.Select(place => $"{place.Start},{place.End}")));
        AssertFastPath(tokenizer, text);
    }

    [Fact]
    public void Word_pieces_are_the_longest_and_a_gap_makes_the_word_unknown()
    {
        Tokenizer tokenizer = Make(
            """{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":10,"vocab":{"[UNK]":0,"un":1,"##aff":2,"##able":3,"##a":4,"unaff":5}}""",
            """{"type":"WhitespaceSplit"}""",
            """{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}""",
            """{"type":"WordPiece","prefix":"##","cleanup":true}""");
        Assert.Equal(["un", "##a", "##able"], tokenizer.Encode("\u00DCnaable").Tokens);
        Assert.Equal(["unaff", "##able", "[UNK]", "[UNK]"], tokenizer.Encode("unaffable unx unaffaffaff").Tokens);
        Assert.Equal("unaff unable", tokenizer.Decode([5, 1, 3]));
        AssertFastPath(tokenizer, "unaff \u4E00 unaable unaffaffaff");
    }

    [Fact]
    public void Unigram_takes_the_cut_of_the_largest_sum_and_fuses_the_unknown()
    {
        Tokenizer tokenizer = Make(
            """{"type":"Unigram","unk_id":0,"byte_fallback":false,"vocab":[["<unk>",0.0],["a",-1.0],["b",-1.5],["ab",-2.0],["abc",-9.0],["c",-3.0],["\u2581",-2.0]]}""",
            """{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"always","split":true}""");
        Assert.Equal(["\u2581", "ab", "c"], tokenizer.Encode("abc").Tokens);
        Assert.Equal(["\u2581", "xyz", "a"], tokenizer.Encode("xyza").Tokens);
        Assert.Equal([6, 0, 1], tokenizer.Encode("xyza").Ids);
        AssertFastPath(tokenizer, "abc xyza  bx");
    }

    [Fact]
    public void Added_tokens_strip_and_keep_to_words_as_they_say()
    {
        string Added(int id, string content, string flags) =>
            $$"""{"id":{{id}},"content":"{{content}}","single_word":{{(flags.Contains('w') ? "true" : "false")}},"lstrip":{{(flags.Contains('l') ? "true" : "false")}},"rstrip":{{(flags.Contains('r') ? "true" : "false")}},"normalized":{{(flags.Contains('n') ? "true" : "false")}},"special":true}""";
        Tokenizer tokenizer = Make(
            """{"type":"WordLevel","vocab":{"[UNK]":0,"a":1,"b":2},"unk_token":"[UNK]"}""",
            """{"type":"WhitespaceSplit"}""",
            """{"type":"Lowercase"}""",
            null,
            string.Join(',', Added(3, "<m>", "lr"), Added(4, "<w>", "w"), Added(5, "<N>", "n"), Added(6, "<m>x", "")));
        TokenEncoding encoding = tokenizer.Encode("a  <m>\t b<w> <w> <n> <N> <m>x");
        Assert.Equal([1, 3, 0, 4, 5, 5, 6], encoding.Ids);
        Assert.Equal(["a", "  <m>\t ", "[UNK]", "<w>", "<n>", "<n>", "<m>x"], encoding.Tokens);
        Assert.Equal((1, 8), encoding.Offsets[1]);
        AssertFastPath(tokenizer, "a  <m>\t b<w> <w> <n> <N> <m>x");
    }

    [Fact]
    public void White_space_that_an_earlier_token_took_is_no_token_any_more()
    {
        Tokenizer tokenizer = Make(
            """{"type":"WordLevel","vocab":{"[UNK]":0,"a":1},"unk_token":"[UNK]"}""",
            null,
            null,
            null,
            """{"id":2,"content":"  ","single_word":false,"lstrip":true,"rstrip":true,"normalized":false,"special":false}""");
        TokenEncoding encoding = tokenizer.Encode("a      a    ");
        Assert.Equal([1, 2, 1, 2], encoding.Ids);
        Assert.Equal([(0, 1), (1, 7), (7, 8), (8, 12)], encoding.Offsets);
        AssertFastPath(tokenizer, "a      a    ");
    }

    [Fact]
    public void Marks_merge_across_a_character_that_is_dropped()
    {
        Tokenizer tokenizer = Make(
            """{"type":"BPE","dropout":null,"unk_token":null,"fuse_unk":false,"vocab":{"\u2581":0,"a":1,"\u2581\u2581":2},"merges":["\u2581 \u2581"]}""",
            null,
            """{"type":"Replace","pattern":{"String":" "},"content":"\u2581"}""");
        Assert.Equal([2, 1], tokenizer.Encode(" x a").Ids);
        AssertFastPath(tokenizer, " x a");
    }

    [Fact]
    public void Roberta_frames_the_text_and_trims_offsets()
    {
        Tokenizer tokenizer = Make(
            """{"type":"WordLevel","vocab":{"<s>":0,"</s>":1,"\u0120a":2,"\u0120b":3},"unk_token":"<s>"}""",
            """{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}""",
            null,
            """{"type":"ByteLevel"}""",
            "",
            """{"type":"RobertaProcessing","sep":["</s>",1],"cls":["<s>",0],"trim_offsets":true,"add_prefix_space":true}""");
        TokenEncoding encoding = tokenizer.Encode("a b");
        Assert.Equal([0, 2, 3, 1], encoding.Ids);
        Assert.Equal([(0, 0), (0, 1), (2, 3), (0, 0)], encoding.Offsets);
        Assert.Equal(0, tokenizer.BosId);
        AssertFastPath(tokenizer, "a b");
    }

    [Fact]
    public void A_batch_is_its_texts_one_by_one_for_any_number_of_threads()
    {
        Tokenizer tokenizer = Tokenizer.Load(TokenizerCases.Folders()[0]);
        var random = new RandomSource(8, "batch");
        string[] texts = [.. Enumerable.Range(0, 300).Select(_ => NastyText.Next(random))];
        int[][] expected = [.. texts.Select(text => tokenizer.Encode(text).Ids.ToArray())];
        foreach (int threads in (int[])[1, 2, 5])
        {
            using var team = new WorkTeam(threads);
            Assert.Equal(expected, tokenizer.EncodeBatch(texts, team));
        }
    }

    [Fact]
    public void A_lone_surrogate_is_the_replacement_character()
    {
        Tokenizer tokenizer = Tokenizer.Load(TokenizerCases.Folders()[0]);
        Assert.Equal(tokenizer.Encode("a\uFFFDb\uFFFD").Ids, tokenizer.Encode("a\uD800b\uDC00").Ids);
        AssertFastPath(tokenizer, "a\uD800b\uDC00\uD800");
    }

    [Fact]
    public void Very_long_words_take_no_time_to_speak_of()
    {
        foreach (string folder in TokenizerCases.Folders())
        {
            Tokenizer tokenizer = Tokenizer.Load(folder);
            List<int> ids = [];
            tokenizer.EncodeIds(new string('a', 200_000), ids);
            tokenizer.EncodeIds(new string('!', 50_000), ids);
            tokenizer.EncodeIds(new string(' ', 50_000), ids);
            Assert.NotEmpty(ids);
        }
    }

    private static void AssertFastPath(Tokenizer tokenizer, string text)
    {
        List<int> ids = [];
        tokenizer.EncodeIds(text, ids);
        Assert.Equal(tokenizer.Encode(text).Ids, ids);
    }

    private static Tokenizer WithWords(string preTokenizer, string[] words, string? normalizer = null)
    {
        var vocabulary = new StringBuilder(WordLevel[..WordLevel.IndexOf(":0}", StringComparison.Ordinal)]).Append(":0");
        int id = 1;
        foreach (string word in words.Distinct())
        {
            vocabulary.Append(',').Append('"').Append(System.Text.Json.JsonEncodedText.Encode(word)).Append("\":").Append(id++);
        }

        return Make(vocabulary.Append("},\"unk_token\":\"[UNK]\"}").ToString(), preTokenizer, normalizer);
    }

    private static Tokenizer Make(
        string model, string? preTokenizer, string? normalizer = null, string? decoder = null, string added = "", string? postProcessor = null)
    {
        string json = $$"""
            {"version":"1.0","truncation":null,"padding":null,"added_tokens":[{{added}}],"normalizer":{{normalizer ?? "null"}},
             "pre_tokenizer":{{preTokenizer ?? "null"}},"post_processor":{{postProcessor ?? "null"}},"decoder":{{decoder ?? "null"}},"model":{{model}}}
            """;
        return Tokenizer.Parse(Encoding.UTF8.GetBytes(json), "made.json");
    }
}

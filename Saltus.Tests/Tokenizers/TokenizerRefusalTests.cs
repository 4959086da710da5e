using System.Text;
using System.Text.Json.Nodes;
using Saltus.Lm.Tokenizers;

namespace Saltus.Tests.Tokenizers;

public sealed class TokenizerRefusalTests
{
    private const string Sound = """
        {"version":"1.0","truncation":null,"padding":null,
         "added_tokens":[{"id":3,"content":"<s>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}],
         "normalizer":null,"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true},
         "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
          "pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"<s>":{"id":"<s>","ids":[3],"tokens":["<s>"]}}},
         "decoder":{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true},
         "model":{"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":null,"end_of_word_suffix":null,"fuse_unk":false,
          "byte_fallback":false,"ignore_merges":false,"vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}}
        """;

    [Fact]
    public void The_sound_file_is_read()
    {
        Tokenizer tokenizer = Parse(_ => { });
        Assert.Equal([3, 2, 0], tokenizer.Encode("aba").Ids);
        Assert.Equal(3, tokenizer.BosId);
        Assert.Equal(4, tokenizer.VocabularySize);
    }

    [Fact]
    public void Each_way_to_be_wrong_is_refused_by_its_own_error_that_names_the_field()
    {
        (TokenizerError Error, string Field, Action<JsonObject> Change)[] cases =
        [
            (TokenizerError.UnsupportedOption, "version", root => root["version"] = "2.0"),
            (TokenizerError.UnknownKey, "extra", root => root["extra"] = 1),
            (TokenizerError.MissingField, "model", root => root.Remove("model")),
            (TokenizerError.WrongType, "model", root => root["model"] = "BPE"),
            (TokenizerError.UnknownComponent, "model.type", root => root["model"]!["type"] = "Magic"),
            (TokenizerError.UnknownKey, "model.magic", root => root["model"]!["magic"] = true),
            (TokenizerError.UnsupportedOption, "model.dropout", root => root["model"]!["dropout"] = 0.1),
            (TokenizerError.WrongType, "model.fuse_unk", root => root["model"]!["fuse_unk"] = "yes"),
            (TokenizerError.WrongType, "model.unk_token", root => root["model"]!["unk_token"] = 5),
            (TokenizerError.WrongType, "model.vocab", root => root["model"]!["vocab"] = new JsonArray()),
            (TokenizerError.BadVocabulary, "'a'", root => root["model"]!["vocab"]!["a"] = -1),
            (TokenizerError.BadVocabulary, "'a'", root => root["model"]!["vocab"]!["a"] = 1.5),
            (TokenizerError.BadVocabulary, "'a'", root => root["model"]!["vocab"]!["a"] = 2_000_000_000),
            (TokenizerError.DuplicateToken, "id 1", root => root["model"]!["vocab"]!["a"] = 1),
            (TokenizerError.BadMerge, "merge 0", root => root["model"]!["merges"] = new JsonArray("a c")),
            (TokenizerError.BadMerge, "'x\\ny'", root => root["model"]!["merges"] = new JsonArray("a x\ny")),
            (TokenizerError.BadMerge, "'ba'", root => root["model"]!["merges"] = new JsonArray("a b", "b a")),
            (TokenizerError.BadMerge, "merge 0", root => root["model"]!["merges"] = new JsonArray("ab")),
            (TokenizerError.BadMerge, "merge 0", root => root["model"]!["merges"] = new JsonArray("a  b")),
            (TokenizerError.BadMerge, "merge 0", root => root["model"]!["merges"] = new JsonArray(new JsonArray("a"))),
            (TokenizerError.UnknownComponent, "normalizer.type", root => root["normalizer"] = new JsonObject { ["type"] = "Magic" }),
            (TokenizerError.UnknownKey, "pre_tokenizer.magic", root => root["pre_tokenizer"]!["magic"] = 1),
            (TokenizerError.UnknownComponent, "pre_tokenizer.type", root => root["pre_tokenizer"]!["type"] = "UnicodeScripts"),
            (TokenizerError.UnsupportedPattern, "pattern", root => root["pre_tokenizer"] = JsonNode.Parse(
                """{"type":"Split","pattern":{"Regex":"(?<=a)\\X"},"behavior":"Isolated","invert":false}""")),
            (TokenizerError.UnsupportedOption, "behavior", root => root["pre_tokenizer"] = JsonNode.Parse(
                """{"type":"Split","pattern":{"String":" "},"behavior":"Sideways","invert":false}""")),
            (TokenizerError.BadTemplate, "'<t>'", root => root["post_processor"]!["single"]![0]!["SpecialToken"]!["id"] = "<t>"),
            (TokenizerError.BadTemplate, "77", root => root["post_processor"]!["special_tokens"]!["<s>"]!["ids"] = new JsonArray(77)),
            (TokenizerError.BadTemplate, "ids", root => root["post_processor"]!["special_tokens"]!["<s>"]!["ids"] = new JsonArray()),
            (TokenizerError.UnknownComponent, "post_processor.type", root => root["post_processor"]!["type"] = "Magic"),
            (TokenizerError.UnknownComponent, "decoder.type", root => root["decoder"]!["type"] = "Magic"),
            (TokenizerError.BadAddedToken, "expected 3", root => root["added_tokens"]![0]!["id"] = 4),
            (TokenizerError.BadAddedToken, "expected 0", root => root["added_tokens"]![0]!["content"] = "a"),
            (TokenizerError.BadAddedToken, "content", root => root["added_tokens"]![0]!["content"] = ""),
            (TokenizerError.DuplicateToken, "'<s>'", root => root["added_tokens"]!.AsArray().Add(root["added_tokens"]![0]!.DeepClone())),
            (TokenizerError.MissingField, "special", root => root["added_tokens"]![0]!.AsObject().Remove("special")),
        ];
        foreach ((TokenizerError error, string field, Action<JsonObject> change) in cases)
        {
            TokenizerFormatException exception = Assert.Throws<TokenizerFormatException>(() => Parse(change));
            Assert.True(error == exception.Error, $"expected {error} about {field}, found {exception.Error}: {exception.Message}");
            Assert.Contains(field, exception.Message, StringComparison.Ordinal);
            Assert.Contains("'t.json'", exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', exception.Message);
        }
    }

    [Fact]
    public void What_is_no_JSON_or_no_text_is_refused()
    {
        string[] texts = ["", "{", Sound[..200], "[]", "nul", Sound.Replace("\"a\":0", "\"\\ud800\":0", StringComparison.Ordinal)];
        foreach (string text in texts)
        {
            TokenizerFormatException exception = Assert.Throws<TokenizerFormatException>(() => Tokenizer.Parse(Encoding.UTF8.GetBytes(text), "t.json"));
            Assert.True(exception.Error is TokenizerError.MalformedJson or TokenizerError.WrongType, $"{text}: {exception.Error}");
        }
    }

    [Fact]
    public void A_key_that_stands_there_twice_is_refused()
    {
        string text = Sound.Replace("\"fuse_unk\":false", "\"fuse_unk\":false,\"fuse_unk\":true", StringComparison.Ordinal);
        Assert.Equal(TokenizerError.UnknownKey, Assert.Throws<TokenizerFormatException>(() => Tokenizer.Parse(Encoding.UTF8.GetBytes(text), "t.json")).Error);
    }

    [Fact]
    public void Absent_files_are_named()
    {
        string missing = Path.Combine(Path.GetTempPath(), "saltus-no-such-tokenizer");
        Assert.Equal(TokenizerError.NotFound, Assert.Throws<TokenizerFormatException>(() => Tokenizer.Load(missing)).Error);
        string empty = Directory.CreateTempSubdirectory("saltus").FullName;
        try
        {
            Assert.Equal(TokenizerError.NotFound, Assert.Throws<TokenizerFormatException>(() => Tokenizer.Load(empty)).Error);
            string broken = Path.Combine(empty, "tokenizer.json.gz");
            File.WriteAllBytes(broken, [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
            Assert.Equal(TokenizerError.Unreadable, Assert.Throws<TokenizerFormatException>(() => Tokenizer.Load(empty)).Error);
        }
        finally
        {
            Directory.Delete(empty, true);
        }
    }

    private static Tokenizer Parse(Action<JsonObject> change)
    {
        JsonObject root = JsonNode.Parse(Sound)!.AsObject();
        change(root);
        return Tokenizer.Parse(Encoding.UTF8.GetBytes(root.ToJsonString()), "t.json");
    }
}

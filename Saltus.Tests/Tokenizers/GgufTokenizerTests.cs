using System.Text.Json;
using Saltus.Lm.Tokenizers;
using Saltus.Tests.Support;

namespace Saltus.Tests.Tokenizers;

/// <summary>Tokenizers written into the metadata of a GGUF file, against the reference cases of the tokenizer.json that they were taken from.</summary>
public sealed class GgufTokenizerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("gpt2", "gpt-2")]
    [InlineData("smollm2", "smollm")]
    [InlineData("mistral-nemo", "tekken")]
    public void Byte_level_tokenizers_give_the_reference_cases(string name, string pre) => Run(name, builder => builder
        .Add("tokenizer.ggml.model", "gpt2").Add("tokenizer.ggml.pre", pre).Add("tokenizer.ggml.add_bos_token", pre == "tekken"), false);

    [Fact]
    public void Sentence_piece_tokenizers_merge_by_score_and_give_the_reference_cases() => Run("mistral", builder => builder
        .Add("tokenizer.ggml.model", "llama").Add("tokenizer.ggml.add_bos_token", true), true);

    [Fact]
    public void What_is_not_known_is_refused_by_name()
    {
        (string Words, Action<GgufBuilder> Change)[] cases =
        [
            ("tokenizer.ggml.model", builder => builder.Add("tokenizer.ggml.model", "bert")),
            ("tokenizer.ggml.pre", builder => builder.Add("tokenizer.ggml.model", "gpt2")),
            ("'default'", builder => builder.Add("tokenizer.ggml.model", "gpt2").Add("tokenizer.ggml.pre", "default")),
            ("tokenizer.ggml.merges", builder => builder.Add("tokenizer.ggml.model", "gpt2").Add("tokenizer.ggml.pre", "gpt-2")),
            ("tokenizer.ggml.scores", builder => builder.Add("tokenizer.ggml.model", "llama")),
            ("'c'", builder => builder.Add("tokenizer.ggml.model", "gpt2").Add("tokenizer.ggml.pre", "gpt-2").Add("tokenizer.ggml.merges", (string[])["a c"])),
            ("precompiled_charsmap", builder => builder.Add("tokenizer.ggml.model", "llama").Add("tokenizer.ggml.precompiled_charsmap", "x")),
            ("bos_token_id", builder => builder.Add("tokenizer.ggml.model", "llama").Add("tokenizer.ggml.scores", (float[])[0, 0]).Add("tokenizer.ggml.bos_token_id", 7u)),
        ];
        foreach ((string words, Action<GgufBuilder> change) in cases)
        {
            var builder = new GgufBuilder().Add("tokenizer.ggml.tokens", (string[])["a", "b"]);
            change(builder);
            string path = _folder["refused.gguf"];
            builder.Write(path);
            InputException exception = Assert.ThrowsAny<InputException>(() => Tokenizer.Load(path));
            Assert.Contains(words, exception.Message, StringComparison.Ordinal);
            Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        }
    }

    private void Run(string name, Func<GgufBuilder, GgufBuilder> change, bool scored)
    {
        string? folder = Fixtures.Roots.Select(root => Path.Combine(root, "tokenizers", name)).FirstOrDefault(Directory.Exists);
        if (folder is null)
        {
            Assert.Skip($"no reference cases of {name} in any root");
            return;
        }

        using JsonDocument document = JsonDocument.Parse(PlainTokenizer.ReadJson(folder));
        JsonElement model = document.RootElement.GetProperty("model");
        SortedDictionary<int, string> byId = [];
        foreach (JsonProperty token in model.GetProperty("vocab").EnumerateObject())
        {
            byId[token.Value.GetInt32()] = token.Name;
        }

        HashSet<int> control = [];
        HashSet<int> own = [];
        foreach (JsonElement token in document.RootElement.GetProperty("added_tokens").EnumerateArray())
        {
            byId[token.GetProperty("id").GetInt32()] = token.GetProperty("content").GetString()!;
            (token.GetProperty("special").GetBoolean() ? control : own).Add(token.GetProperty("id").GetInt32());
        }

        Assert.Equal(byId.Count - 1, byId.Keys.Last());
        var builder = change(new GgufBuilder().Add("tokenizer.ggml.tokens", byId.Values.ToArray()));
        builder.Add("tokenizer.ggml.token_type", byId.Select(token =>
            token.Value == "<unk>" ? 2 : control.Contains(token.Key) ? 3 : own.Contains(token.Key) ? 4 : scored && token.Value.StartsWith("<0x", StringComparison.Ordinal) ? 6 : 1).ToArray());
        builder.Add("tokenizer.ggml.bos_token_id", 1u);
        if (scored)
        {
            // The conversion ranked merges by the score of what they make: the first merge of a piece tells its place among the scores.
            Dictionary<string, int> places = new(StringComparer.Ordinal);
            foreach (JsonElement merge in model.GetProperty("merges").EnumerateArray())
            {
                string piece = merge.ValueKind == JsonValueKind.String ? merge.GetString()!.Replace(" ", "", StringComparison.Ordinal) : merge[0].GetString() + merge[1].GetString();
                places.TryAdd(piece, places.Count);
            }

            builder.Add("tokenizer.ggml.scores", byId.Values.Select(piece => -(float)places.GetValueOrDefault(piece, places.Count)).ToArray());
        }
        else
        {
            builder.Add("tokenizer.ggml.merges", model.GetProperty("merges").EnumerateArray()
                .Select(merge => merge.ValueKind == JsonValueKind.String ? merge.GetString()! : $"{merge[0].GetString()} {merge[1].GetString()}").ToArray());
        }

        string path = _folder[name + ".gguf"];
        builder.Write(path);
        var tokenizer = Tokenizer.Load(path);
        List<int> ids = [];
        int cases = 0;
        foreach (string line in File.ReadLines(Path.Combine(folder, "cases.jsonl")))
        {
            using JsonDocument expected = JsonDocument.Parse(line);
            string text = expected.RootElement.GetProperty("text").GetString()!;
            ids.Clear();
            tokenizer.EncodeIds(text, ids);
            Assert.Equal(expected.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()), ids);
            Assert.Equal(expected.RootElement.GetProperty("decoded").GetString(), tokenizer.Decode([.. ids]));
            cases++;
        }

        Assert.True(cases > 100, name);
    }
}

using System.Text;
using System.Text.Json;
using Saltus.Tensors;

namespace Saltus.Tests.Tokenizers;

/// <summary>Writes a byte-level BPE tokenizer as large as the largest published ones, laid out as they are: one entry a line, indented.</summary>
internal static class LargeTokenizer
{
    public const int Tokens = 310_000;
    private const int LongestToken = 16;

    public static void Write(string path)
    {
        var random = new RandomSource(8, "large tokenizer");
        List<string> tokens = [.. Enumerable.Range(0, 256).Select(Character)];
        HashSet<string> known = [.. tokens];
        List<(string, string)> merges = [];
        while (tokens.Count < Tokens)
        {
            // Early tokens are joined most often, as in a trained file.
            string left = tokens[random.NextInt(1 + random.NextInt(tokens.Count))];
            string right = tokens[random.NextInt(1 + random.NextInt(tokens.Count))];
            if (left.Length + right.Length <= LongestToken && known.Add(left + right))
            {
                merges.Add((left, right));
                tokens.Add(left + right);
            }
        }

        using var writer = new StreamWriter(path, false, new UTF8Encoding(false));
        writer.Write("""
            {
              "version": "1.0",
              "truncation": null,
              "padding": null,
              "added_tokens": [],
              "normalizer": null,
              "pre_tokenizer": { "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true },
              "post_processor": null,
              "decoder": { "type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true },
              "model": {
                "type": "BPE",
                "dropout": null,
                "unk_token": null,
                "continuing_subword_prefix": null,
                "end_of_word_suffix": null,
                "fuse_unk": false,
                "byte_fallback": false,
                "ignore_merges": false,
                "vocab": {

            """);
        for (int id = 0; id < tokens.Count; id++)
        {
            writer.Write($"      \"{JsonEncodedText.Encode(tokens[id], System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\": {id}{(id + 1 < tokens.Count ? ",\n" : "\n")}");
        }

        writer.Write("    },\n    \"merges\": [\n");
        for (int i = 0; i < merges.Count; i++)
        {
            string merge = $"{merges[i].Item1} {merges[i].Item2}";
            writer.Write($"      \"{JsonEncodedText.Encode(merge, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"{(i + 1 < merges.Count ? ",\n" : "\n")}");
        }

        writer.Write("    ]\n  }\n}\n");
    }

    private static string Character(int value)
    {
        static bool Printable(int v) => v is (>= 33 and <= 126) or (>= 161 and <= 172) or (>= 174 and <= 255);
        return ((char)(Printable(value) ? value : 256 + Enumerable.Range(0, value).Count(v => !Printable(v)))).ToString();
    }
}

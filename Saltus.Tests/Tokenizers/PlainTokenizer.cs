using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Saltus.Tests.Tokenizers;

/// <summary>
/// The definition of BPE tokenization as plainly as it can be said, for ids without special tokens: lists of strings, every pair looked at
/// before every merge, .NET's regular expressions on a text in which each code point is one UTF-16 unit of the same class.
/// </summary>
internal sealed class PlainTokenizer
{
    private readonly Dictionary<string, int> _vocabulary = [];
    private readonly Dictionary<(string, string), int> _ranks = [];
    private readonly List<(string Content, int Id)> _added = [];
    private readonly Func<string, List<string>> _pieces;
    private readonly bool _byteFallback;
    private readonly bool _ignoreMerges;
    private readonly string? _unknown;

    public PlainTokenizer(byte[] json, Func<string, List<string>> pieces)
    {
        _pieces = pieces;
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement model = document.RootElement.GetProperty("model");
        foreach (JsonProperty token in model.GetProperty("vocab").EnumerateObject())
        {
            _vocabulary[token.Name] = token.Value.GetInt32();
        }

        foreach (JsonElement merge in model.GetProperty("merges").EnumerateArray())
        {
            string[] pair = merge.ValueKind == JsonValueKind.String ? merge.GetString()!.Split(' ') : [merge[0].GetString()!, merge[1].GetString()!];
            _ranks[(pair[0], pair[1])] = _ranks.Count;
        }

        foreach (JsonElement token in document.RootElement.GetProperty("added_tokens").EnumerateArray())
        {
            _added.Add((token.GetProperty("content").GetString()!, token.GetProperty("id").GetInt32()));
        }

        _byteFallback = model.TryGetProperty("byte_fallback", out JsonElement fallback) && fallback.GetBoolean();
        _ignoreMerges = model.TryGetProperty("ignore_merges", out JsonElement ignore) && ignore.GetBoolean();
        _unknown = model.GetProperty("unk_token").GetString();
    }

    public static byte[] ReadJson(string folder)
    {
        string plain = Path.Combine(folder, "tokenizer.json");
        if (File.Exists(plain))
        {
            return File.ReadAllBytes(plain);
        }

        using var packed = new GZipStream(File.OpenRead(plain + ".gz"), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        packed.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>Pieces by a pattern, cut in turn by each of <paramref name="patterns"/>, then written in the byte alphabet.</summary>
    public static Func<string, List<string>> ByteLevel(params string[] patterns) => text =>
    {
        List<string> pieces = [text];
        foreach (string pattern in patterns)
        {
            pieces = [.. pieces.SelectMany(piece => Cut(piece, pattern))];
        }

        return pieces.ConvertAll(piece => string.Concat(Encoding.UTF8.GetBytes(piece).Select(ByteCharacter)));
    };

    /// <summary>One piece: the mark in front, spaces as marks.</summary>
    public static List<string> Marked(string text) => ["\u2581" + text.Replace(' ', '\u2581')];

    public List<int> Encode(string text)
    {
        List<int> ids = [];
        int plainFrom = 0;
        for (int i = 0; i < text.Length;)
        {
            (string content, int id) = _added.Where(token => string.CompareOrdinal(text, i, token.Content, 0, token.Content.Length) == 0)
                .OrderByDescending(token => token.Content.Length).FirstOrDefault(("", -1));
            if (id < 0)
            {
                i++;
                continue;
            }

            EncodePlain(text[plainFrom..i], ids);
            ids.Add(id);
            i += content.Length;
            plainFrom = i;
        }

        EncodePlain(text[plainFrom..], ids);
        return ids;
    }

    private static List<string> Cut(string text, string pattern)
    {
        List<string> pieces = [];
        int[] units = [.. text.EnumerateRunes().Select(rune => rune.Utf16SequenceLength)];
        string classes = string.Concat(text.EnumerateRunes().Select(OneUnit));
        int rune = 0;
        int unit = 0;
        foreach (Match match in Regex.Matches(classes, pattern, RegexOptions.CultureInvariant))
        {
            Assert.Equal(rune, match.Index);
            int length = units.Skip(rune).Take(match.Length).Sum();
            pieces.Add(text.Substring(unit, length));
            rune += match.Length;
            unit += length;
        }

        Assert.Equal(units.Length, rune);
        return pieces;
    }

    // A unit of the basic plane in the same class as an astral code point.
    private static char OneUnit(Rune rune)
    {
        return rune.IsBmp ? (char)rune.Value : Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter => 'A',
            UnicodeCategory.TitlecaseLetter => '\u01C5',
            UnicodeCategory.LowercaseLetter => 'x',
            UnicodeCategory.ModifierLetter => '\u02B0',
            UnicodeCategory.OtherLetter => '\u4E00',
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => '\u0301',
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => '7',
            _ => '\u2603',
        };
    }

    private static char ByteCharacter(byte value)
    {
        static bool Printable(int v) => v is (>= 33 and <= 126) or (>= 161 and <= 172) or (>= 174 and <= 255);
        return Printable(value) ? (char)value : (char)(256 + Enumerable.Range(0, value).Count(v => !Printable(v)));
    }

    private void EncodePlain(string text, List<int> ids)
    {
        if (text.Length == 0)
        {
            return;
        }

        foreach (string piece in _pieces(text))
        {
            if (_ignoreMerges && _vocabulary.TryGetValue(piece, out int whole))
            {
                ids.Add(whole);
                continue;
            }

            ids.AddRange(Merge(Symbols(piece)).Select(symbol => _vocabulary[symbol]));
        }
    }

    private List<string> Symbols(string piece)
    {
        List<string> symbols = [];
        bool unknownBefore = false;
        foreach (Rune rune in piece.EnumerateRunes())
        {
            string symbol = rune.ToString();
            if (_vocabulary.ContainsKey(symbol))
            {
                symbols.Add(symbol);
                unknownBefore = false;
            }
            else if (_byteFallback)
            {
                symbols.AddRange(Encoding.UTF8.GetBytes(symbol).Select(value => $"<0x{value:X2}>"));
                unknownBefore = false;
            }
            else if (_unknown is not null && !unknownBefore)
            {
                symbols.Add(_unknown);
                unknownBefore = true;
            }
        }

        return symbols;
    }

    private List<string> Merge(List<string> symbols)
    {
        while (true)
        {
            int best = int.MaxValue;
            int at = -1;
            for (int i = 0; i + 1 < symbols.Count; i++)
            {
                if (_ranks.TryGetValue((symbols[i], symbols[i + 1]), out int rank) && rank < best)
                {
                    (best, at) = (rank, i);
                }
            }

            if (at < 0)
            {
                return symbols;
            }

            symbols[at] += symbols[at + 1];
            symbols.RemoveAt(at + 1);
        }
    }
}

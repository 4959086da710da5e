using System.Text.Json;

namespace Saltus.Lm.Tokenizers;

/// <summary>
/// Compares a tokenizer with reference cases: a file of JSON lines with text, ids, ids_no_special, tokens, offsets (code points), decoded
/// and decoded_skip_special, as other programs wrote them. All must be equal; the fast path to ids is held to the same.
/// </summary>
/// <param name="Cases">Number of cases.</param>
/// <param name="Failed">Number of cases with at least one difference.</param>
/// <param name="Mismatches">Every difference, in the file's order.</param>
public sealed record TokenizerVerification(int Cases, int Failed, IReadOnlyList<TokenizerMismatch> Mismatches)
{
    /// <summary>Runs every case of a file.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="referencePath">The JSON lines file.</param>
    /// <returns>What differed.</returns>
    /// <exception cref="TokenizerFormatException">The reference is absent or malformed.</exception>
    public static TokenizerVerification Run(Tokenizer tokenizer, string referencePath)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (!File.Exists(referencePath))
        {
            TokenizerFormatException.Throw(TokenizerError.NotFound, $"reference '{referencePath}': no such file");
        }

        List<TokenizerMismatch> mismatches = [];
        int cases = 0;
        int failed = 0;
        int lineNumber = 0;
        foreach (string line in File.ReadLines(referencePath))
        {
            lineNumber++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            int before = mismatches.Count;
            RunCase(tokenizer, line, lineNumber, referencePath, mismatches);
            cases++;
            failed += mismatches.Count > before ? 1 : 0;
        }

        if (cases == 0)
        {
            TokenizerFormatException.Throw(TokenizerError.BadReference, $"reference '{referencePath}': expected a case a line, found none");
        }

        return new TokenizerVerification(cases, failed, mismatches);
    }

    private static void RunCase(Tokenizer tokenizer, string line, int lineNumber, string path, List<TokenizerMismatch> mismatches)
    {
        string text;
        List<int> ids;
        List<int> bareIds;
        List<string> tokens;
        List<(int, int)> offsets;
        string decoded;
        string decodedSkipping;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            text = root.GetProperty("text").GetString()!;
            ids = Ids(root.GetProperty("ids"));
            bareIds = Ids(root.GetProperty("ids_no_special"));
            tokens = [.. root.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()!)];
            offsets = [.. root.GetProperty("offsets").EnumerateArray().Select(pair => (pair[0].GetInt32(), pair[1].GetInt32()))];
            decoded = root.GetProperty("decoded").GetString()!;
            decodedSkipping = root.GetProperty("decoded_skip_special").GetString()!;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or IndexOutOfRangeException)
        {
            throw new TokenizerFormatException(
                TokenizerError.BadReference,
                $"reference '{path}': line {lineNumber}: expected text, ids, ids_no_special, tokens, offsets, decoded, decoded_skip_special: {exception.Message}",
                exception);
        }

        TokenEncoding encoding = tokenizer.Encode(text);
        Compare("ids", ids, encoding.Ids);
        Compare("ids_no_special", bareIds, tokenizer.Encode(text, false).Ids);
        Compare("tokens", tokens, encoding.Tokens);
        Compare("offsets", offsets, encoding.Offsets);
        List<int> fast = [];
        tokenizer.EncodeIds(text, fast);
        Compare("fast ids", ids, fast);
        fast.Clear();
        tokenizer.EncodeIds(text, fast, false);
        Compare("fast ids_no_special", bareIds, fast);
        int[] known = [.. ids.Where(id => id >= 0 && id < tokenizer.VocabularySize)];
        Compare("decoded", decoded.ToCharArray(), tokenizer.Decode(known).ToCharArray());
        Compare("decoded_skip_special", decodedSkipping.ToCharArray(), tokenizer.Decode(known, true).ToCharArray());

        void Compare<T>(string what, IReadOnlyList<T> expected, IReadOnlyList<T> found)
        {
            int index = 0;
            while (index < expected.Count && index < found.Count && EqualityComparer<T>.Default.Equals(expected[index], found[index]))
            {
                index++;
            }

            if (index < expected.Count || index < found.Count)
            {
                mismatches.Add(new TokenizerMismatch(lineNumber, text, what, index, Around(expected, index), Around(found, index)));
            }
        }
    }

    private static List<int> Ids(JsonElement list) => [.. list.EnumerateArray().Select(id => id.GetInt32())];

    // A few entries from the first difference on; text reads as text.
    private static string Around<T>(IReadOnlyList<T> list, int index)
    {
        const int Shown = 6;
        IEnumerable<T> some = list.Skip(index).Take(Shown);
        string shown = string.Join(typeof(T) == typeof(char) ? "" : " ", some);
        return index >= list.Count ? "the end" : index + Shown < list.Count ? shown + " …" : shown;
    }
}

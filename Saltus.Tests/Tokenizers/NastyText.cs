using System.Text;
using Saltus.Tensors;

namespace Saltus.Tests.Tokenizers;

/// <summary>Random strings over alphabets that tokenizers trip over.</summary>
internal static class NastyText
{
    private static readonly string[][] s_alphabets =
    [
        ["a", "b", "e", "t", "h", "th", "the", "ing", " ", " ", "  ", "in", "A", "S"],
        ["'", "s", "S", "\u017F", "'s", "'LL", "'ve", "'Re", "d", "'", " ", "t", "\u212A", "l"],
        [" ", "\n", "\r", "\t", "\u00A0", "\u2003", "\u3000", "\u200B", "\u0085", "\u1680", "\u180E", "x", "\u2028", "\u001C", "/"],
        ["0", "9", "12", "\u0663", "\u00B2", "\u00BD", "\u216B", "\U0001D7D8", "a", " ", ".", "-", "\u0967"],
        ["\u00E9", "e\u0301", "\u0301", "\u0308", "\u0130", "\u0131", "\u00DF", "\u1E9E", "\uFB01", "\u01C5", "\u02B0", "\u00AA", "\u4F60", "\u3042", "\uD55C", " "],
        ["\U0001F600", "\U0001F468\u200D\U0001F469", "\U0001F3FD", "\uFE0F", "\U0001D400", "\U0001D465", "\U00010400", "\U00020000", "\U000E0067", " ", "a", "\uFFFD"],
        ["<", "|", ">", "<bos>", "<s>", "</s>", "<|endoftext|>", "<|im_start|>", "<unk>", "<0x0A>", "[INST]", "im_", "s", " ", "\u2581", "\u0120", "\u010A"],
        ["!", "?", ".", ",", "\"", "(", ")", "#", "_", "\u2019", "\u201C", "\u2026", "\u20AC", "+", "\\", " ", "a", "1"],
        ["\0", "\u0001", "\u001B", "\u007F", "\u0080", "\uFEFF", "\u00AD", "\u0378", "\uE000", "\uFDD0", "\uFFFF", "\U0010FFFF", "\U000F0000", "z"],
        ["def", "(", ")", ":", "\n", "    ", "\t", "return", "x1", "_", "=", "==", "camelCase", "HTTPServer", "//", "{", "}", ";", "\r\n"],
    ];

    /// <summary>A string of up to some forty pieces of one to three alphabets, at times with runs and with any code point.</summary>
    public static string Next(RandomSource random)
    {
        var text = new StringBuilder();
        int some = 1 + random.NextInt(3);
        string[][] chosen = [.. Enumerable.Range(0, some).Select(_ => s_alphabets[random.NextInt(s_alphabets.Length)])];
        int pieces = random.NextInt(random.NextInt(8) == 0 ? 40 : 12);
        for (int i = 0; i < pieces; i++)
        {
            string[] alphabet = chosen[random.NextInt(some)];
            string piece = alphabet[random.NextInt(alphabet.Length)];
            int repeats = random.NextInt(12) == 0 ? 1 + random.NextInt(90) : 1;
            for (int repeat = 0; repeat < repeats; repeat++)
            {
                text.Append(piece);
            }

            if (random.NextInt(20) == 0)
            {
                int value = random.NextInt(0x110000 - 0x800);
                text.Append(new Rune(value < 0xD800 ? value : value + 0x800).ToString());
            }
        }

        return text.ToString();
    }
}

using Saltus.Lm.Tokenizers;
using Saltus.Tensors;

namespace Saltus.Tests.Tokenizers;

public sealed class RegexPatternTests
{
    private const int Strings = 3000;

    [Fact]
    public void Every_scanner_cuts_as_its_regular_expression_does()
    {
        (string Pattern, PieceScanner Scanner)[] scanners =
        [
            (Gpt2Scanner.Pattern, new Gpt2Scanner()),
            (Llama3Scanner.PatternFormat.Replace("DIGITS", @"\p{N}{1,3}"), new Llama3Scanner(3)),
            (Llama3Scanner.PatternFormat.Replace("DIGITS", @"\p{N}"), new Llama3Scanner(1)),
            (NemoScanner.Pattern, new NemoScanner()),
            (@"\p{N}|\P{N}+", new DigitScanner(true)),
            (@"\p{N}+|\P{N}+", new DigitScanner(false)),
        ];
        foreach ((string pattern, PieceScanner scanner) in scanners)
        {
            var expression = new RegexPattern(pattern);
            var scanned = new ScannerPattern(scanner);
            var random = new RandomSource(8, pattern);
            for (int i = 0; i < Strings; i++)
            {
                string text = NastyText.Next(random);
                List<TextMatch> expected = [];
                List<TextMatch> found = [];
                expression.FindMatches(text, expected);
                scanned.FindMatches(text, found);
                Assert.True(expected.SequenceEqual(found), $"{pattern}: '{text}'");
            }
        }
    }

    [Theory]
    [InlineData("a(b|bc)(c|)d", "xabcdab", "x|=abcd|ab")]
    [InlineData("(?>a+)b|a", "aaab aac", "=aaab| |=a|=a|c")]
    [InlineData("x*", "axxb", "=|a|=xx|b|=")]
    [InlineData("a??b", "aab", "a|=ab")]
    [InlineData("(ab){2,3}", "ababababab", "=ababab|=abab")]
    [InlineData("^a|b$", "a\na b\nb", "=a|\n|=a| |=b|\n|=b")]
    [InlineData(@"\bcat\b", "cat concat cat", "=cat| concat |=cat")]
    [InlineData(@"(?<!\d)\d{2}(?!\d)", "12 345 67", "=12| 345 |=67")]
    [InlineData(@"[^\x{4E00}-\x{9FFF}a-c&&[^x]]", "a\u4E00xz", "a\u4E00|=x|=z")]
    [InlineData(@"a{,2}b|{x}", "aaab{x}", "a|=aab|=\u007Bx\u007D")]
    [InlineData("(?i)it's|IT", "It'S \u0131t It", "=It'S| \u0131t |=It")]
    [InlineData("[\U0001F600-\U0001F64F]+|.", "a\U0001F600\U0001F601", "=a|=\U0001F600\U0001F601")]
    public void Matches_are_those_of_the_definition(string pattern, string text, string expected)
    {
        List<TextMatch> matches = [];
        new RegexPattern(pattern).FindMatches(text, matches);
        Assert.Equal(expected, string.Join('|', matches.Select(match => (match.IsMatch ? "=" : "") + text[match.Start..match.End])));
    }

    [Theory]
    [InlineData("(")]
    [InlineData(")")]
    [InlineData("[a")]
    [InlineData("[]")]
    [InlineData("*a")]
    [InlineData("a{3,1}")]
    [InlineData(@"(a)\1")]
    [InlineData(@"\X")]
    [InlineData(@"\p{Han}")]
    [InlineData("(?i:strasse)")]
    [InlineData("(?i:\u00E9)")]
    [InlineData("(a*)*")]
    [InlineData("(?<=a+)b")]
    [InlineData("(?x) a")]
    [InlineData(@"\xE9")]
    [InlineData("\\")]
    [InlineData("(?:(?:(?:a{1000}){1000}){1000})")]
    public void What_cannot_be_followed_exactly_is_refused(string pattern) => Assert.Throws<RegexSyntaxException>(() => new RegexPattern(pattern));

    [Fact]
    public void Long_texts_neither_overflow_nor_crawl()
    {
        string text = new string('a', 1_000_000) + "!";
        List<TextMatch> matches = [];
        new RegexPattern(@"(?:[a-m]|[n-z])+!|\s+(?!\S)").FindMatches(text, matches);
        Assert.Equal([new TextMatch(0, text.Length, true)], matches);
    }

    [Fact]
    public void A_pattern_that_goes_back_without_end_is_given_up()
    {
        List<TextMatch> matches = [];
        TokenizerFormatException exception = Assert.Throws<TokenizerFormatException>(
            () => new RegexPattern("(?:a|a)+b").FindMatches(new string('a', 60), matches));
        Assert.Equal(TokenizerError.UnsupportedPattern, exception.Error);
    }
}

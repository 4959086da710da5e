using System.Collections.Concurrent;
using System.Globalization;

namespace Saltus.Lm.Tokenizers;

/// <summary>The named sets of regular expressions, as Oniguruma defines them for Unicode.</summary>
internal static class UnicodeProperty
{
    private static readonly ConcurrentDictionary<string, CodePointSet?> s_sets = new(StringComparer.Ordinal);

    private static readonly Dictionary<string, UnicodeCategory> s_categories = new(StringComparer.Ordinal)
    {
        ["lu"] = UnicodeCategory.UppercaseLetter,
        ["ll"] = UnicodeCategory.LowercaseLetter,
        ["lt"] = UnicodeCategory.TitlecaseLetter,
        ["lm"] = UnicodeCategory.ModifierLetter,
        ["lo"] = UnicodeCategory.OtherLetter,
        ["mn"] = UnicodeCategory.NonSpacingMark,
        ["mc"] = UnicodeCategory.SpacingCombiningMark,
        ["me"] = UnicodeCategory.EnclosingMark,
        ["nd"] = UnicodeCategory.DecimalDigitNumber,
        ["nl"] = UnicodeCategory.LetterNumber,
        ["no"] = UnicodeCategory.OtherNumber,
        ["zs"] = UnicodeCategory.SpaceSeparator,
        ["zl"] = UnicodeCategory.LineSeparator,
        ["zp"] = UnicodeCategory.ParagraphSeparator,
        ["cc"] = UnicodeCategory.Control,
        ["cf"] = UnicodeCategory.Format,
        ["co"] = UnicodeCategory.PrivateUse,
        ["cn"] = UnicodeCategory.OtherNotAssigned,
        ["pc"] = UnicodeCategory.ConnectorPunctuation,
        ["pd"] = UnicodeCategory.DashPunctuation,
        ["ps"] = UnicodeCategory.OpenPunctuation,
        ["pe"] = UnicodeCategory.ClosePunctuation,
        ["pi"] = UnicodeCategory.InitialQuotePunctuation,
        ["pf"] = UnicodeCategory.FinalQuotePunctuation,
        ["po"] = UnicodeCategory.OtherPunctuation,
        ["sm"] = UnicodeCategory.MathSymbol,
        ["sc"] = UnicodeCategory.CurrencySymbol,
        ["sk"] = UnicodeCategory.ModifierSymbol,
        ["so"] = UnicodeCategory.OtherSymbol,
    };

    private static readonly Dictionary<string, string> s_longNames = new(StringComparer.Ordinal)
    {
        ["letter"] = "l",
        ["uppercaseletter"] = "lu",
        ["lowercaseletter"] = "ll",
        ["titlecaseletter"] = "lt",
        ["modifierletter"] = "lm",
        ["otherletter"] = "lo",
        ["mark"] = "m",
        ["nonspacingmark"] = "mn",
        ["number"] = "n",
        ["decimalnumber"] = "nd",
        ["digit"] = "nd",
        ["punctuation"] = "p",
        ["symbol"] = "s",
        ["separator"] = "z",
    };

    /// <summary>The set of a name, written with or without spaces, dashes and capitals; null for a name that is not known here.</summary>
    public static CodePointSet? Find(string name)
    {
        string plain = string.Concat(name.Where(unit => unit is not (' ' or '-' or '_'))).ToLowerInvariant();
        return s_sets.GetOrAdd(s_longNames.GetValueOrDefault(plain, plain), Make);
    }

    private static CodePointSet? Make(string name) => name switch
    {
        "word" => Word(),
        "space" or "whitespace" => CodePointSet.Where(static c => c < 0x10000 && char.IsWhiteSpace((char)c)),
        "any" => CodePointSet.Range(0, 0x10FFFF),
        "ascii" => CodePointSet.Range(0, 0x7F),
        "cntrl" => Find("cc"),
        "punct" => Find("p")!.Union(Find("s")!),
        "blank" => Find("zs")!.Union(CodePointSet.Range('\t', '\t')),
        "xdigit" => CodePointSet.Where(static c => c < 0x80 && char.IsAsciiHexDigit((char)c)),
        "l" or "m" or "n" or "p" or "s" or "z" => CodePointSet.Of([.. s_categories.Where(entry => entry.Key[0] == name[0]).Select(entry => entry.Value)]),
        _ => s_categories.TryGetValue(name, out UnicodeCategory category) ? CodePointSet.Of(category) : null,
    };

    // Alphabetic, marks, decimal digits, connectors: Alphabetic without marks is letters, letter numbers and the circled letters.
    private static CodePointSet Word() => CodePointSet.Where(static c => (CodePointClass.Of(c) & CodePointClass.Word) != 0 && c is not (0x200C or 0x200D));
}

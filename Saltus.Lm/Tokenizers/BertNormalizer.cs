using System.Globalization;

namespace Saltus.Lm.Tokenizers;

/// <summary>BERT's cleaning: no control characters, plain spaces, spaces around Chinese characters, no accents, lower case — as asked.</summary>
internal sealed class BertNormalizer(bool cleanText, bool spaceChinese, bool stripAccents, bool lowercase) : Normalizer
{
    private static readonly UnicodeNormalizer s_decompose = new(new NormalizationForm(false, false));
    private static readonly LowercaseNormalizer s_lowercase = new();

    /// <inheritdoc/>
    public override AlignedText Apply(AlignedText text)
    {
        if (cleanText)
        {
            text = TextChanges.Filter(text, static c => c is not (0 or 0xFFFD) && !IsControl(c));
            text = TextChanges.Map(text, static c => c is '\t' or '\n' or '\r' || (c < 0x10000 && char.IsWhiteSpace((char)c)) ? ' ' : c);
        }

        if (spaceChinese)
        {
            text = SpaceChinese(text);
        }

        if (stripAccents)
        {
            text = TextChanges.Filter(s_decompose.Apply(text), static c => !OlderUnicode.IsNonSpacingMark(c));
        }

        return lowercase ? s_lowercase.Apply(text) : text;
    }

    private static bool IsControl(int c) => c is not ('\t' or '\n' or '\r')
        && CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse
        && !OlderUnicode.IsLaterFormat(c);

    private static AlignedText SpaceChinese(AlignedText text)
    {
        List<(int, int)> changes = [];
        foreach (System.Text.Rune rune in text.Units.EnumerateRunes())
        {
            if (IsChinese(rune.Value))
            {
                changes.Add((' ', 0));
                changes.Add((rune.Value, 1));
                changes.Add((' ', 1));
            }
            else
            {
                changes.Add((rune.Value, 0));
            }
        }

        return TextChanges.Transform(text, changes);
    }

    private static bool IsChinese(int c) => c is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF)
        or (>= 0x2F800 and <= 0x2FA1F);
}

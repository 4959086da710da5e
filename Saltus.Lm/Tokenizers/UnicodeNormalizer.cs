using System.Text;

namespace Saltus.Lm.Tokenizers;

/// <summary>NFC, NFD, NFKC and NFKD by Unicode 9.0, with the places of the original kept as the reference keeps them.</summary>
internal sealed class UnicodeNormalizer(NormalizationForm form) : Normalizer
{
    /// <inheritdoc/>
    public override AlignedText Apply(AlignedText text) =>
        UnicodeTables.Instance.IsInert(text.Units, form) ? text : TextChanges.Transform(text, Changes(text.Units));

    /// <inheritdoc/>
    public override bool LeavesAlone(ReadOnlySpan<char> text) => UnicodeTables.Instance.IsInert(text, form);

    /// <inheritdoc/>
    public override string ApplyToText(string text) => LeavesAlone(text) ? text : base.ApplyToText(text);

    // Each code point with how it changes the text: 0 takes the place of one, 1 is new, −n takes the place of one and removes n more.
    private List<(int CodePoint, int Change)> Changes(ReadOnlySpan<char> text)
    {
        UnicodeTables tables = UnicodeTables.Instance;
        List<(int CodePoint, int Change)> result = [];
        List<int> parts = [];
        int pending = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            parts.Clear();
            tables.Decompose(rune.Value, form.Compatible, parts);
            for (int i = 0; i < parts.Count; i++)
            {
                int combining = tables.CombiningClass(parts[i]);

                // Marks are kept in order of their class, equal ones in order of the text, as far back as the last that does not combine.
                int at = result.Count;
                while (combining > 0 && at > pending && tables.CombiningClass(result[at - 1].CodePoint) > combining)
                {
                    at--;
                }

                result.Insert(at, (parts[i], i == 0 ? 0 : 1));
                pending = combining == 0 ? result.Count : pending;
            }
        }

        return form.Composed ? Compose(result, tables) : result;
    }

    private static List<(int CodePoint, int Change)> Compose(List<(int CodePoint, int Change)> parts, UnicodeTables tables)
    {
        List<(int CodePoint, int Change)> result = [];
        int starter = -1;
        int last = -1;
        foreach ((int codePoint, int change) in parts)
        {
            int combining = tables.CombiningClass(codePoint);
            if (starter >= 0 && (last < 0 || (last < combining && combining > 0)))
            {
                (int first, int firstChange) = result[starter];
                int composed = tables.Compose(first, codePoint);
                if (composed >= 0)
                {
                    result[starter] = (composed, firstChange + change - 1);
                    continue;
                }
            }

            if (combining == 0)
            {
                starter = result.Count;
                last = -1;
            }
            else if (starter >= 0)
            {
                last = combining;
            }

            result.Add((codePoint, change));
        }

        return result;
    }
}

using System.Text;

namespace Saltus.Lm.Tokenizers;

/// <summary>Takes up to so many of one character off each end of every token.</summary>
internal sealed class StripDecoder(Rune content, int start, int stop) : TokenDecoder
{
    /// <inheritdoc/>
    public override List<string> Apply(List<string> tokens) => tokens.ConvertAll(Strip);

    private string Strip(string token)
    {
        Rune[] runes = [.. token.EnumerateRunes()];
        int first = 0;
        while (first < runes.Length && first < start && runes[first] == content)
        {
            first++;
        }

        // The reference counts both ends on the whole token and fails where they cross; nothing is left then.
        int last = runes.Length;
        while (last > first && runes.Length - last < stop && runes[last - 1] == content)
        {
            last--;
        }

        return string.Concat(runes[first..last].Select(rune => rune.ToString()));
    }
}

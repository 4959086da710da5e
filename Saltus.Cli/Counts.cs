using System.Globalization;

namespace Saltus.Cli;

/// <summary>Counts as people write them: 2M, 1.5k, 4096.</summary>
internal static class Counts
{
    private const decimal Thousand = 1000;

    /// <summary>Reads a count.</summary>
    /// <param name="text">Digits, perhaps a point, perhaps k (1,000), M (1,000,000) or B (1,000,000,000).</param>
    /// <param name="count">The whole number.</param>
    /// <returns>Whether it is one that fits.</returns>
    public static bool TryParse(string text, out long count)
    {
        count = 0;
        decimal factor = text.Length == 0 ? 0 : text[^1] switch
        {
            'k' or 'K' => Thousand,
            'M' => Thousand * Thousand,
            'B' => Thousand * Thousand * Thousand,
            _ => 1,
        };
        ReadOnlySpan<char> digits = factor > 1 ? text.AsSpan(0, text.Length - 1) : text;
        if (!decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) || number > long.MaxValue / factor)
        {
            return false;
        }

        number *= factor;
        count = (long)number;
        return count == number;
    }

    /// <summary>Writes a count shortly: three digits and a suffix.</summary>
    /// <param name="count">The count.</param>
    /// <returns>Such as 999, 52.1k, 2.05M.</returns>
    public static string Short(double count)
    {
        const double Kilo = 1e3;
        const double Mega = 1e6;
        const double Giga = 1e9;
        (double number, string suffix) = count switch
        {
            >= Giga => (count / Giga, "B"),
            >= Mega => (count / Mega, "M"),
            >= Kilo => (count / Kilo, "k"),
            _ => (count, string.Empty),
        };
        string format = number >= 99.95 || (suffix.Length == 0 && number == Math.Floor(number)) ? "0" : number >= 9.995 ? "0.0" : "0.00";
        return number.ToString(format, CultureInfo.InvariantCulture) + suffix;
    }
}

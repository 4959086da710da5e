using System.Globalization;
using System.Text.Json;

namespace Saltus.Reports;

/// <summary>Writes numbers with as few digits as a reader of the page can see; NaN and infinities become null.</summary>
internal static class JsonNumbers
{
    /// <summary>Writes a number with four significant digits: activations, logits.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="value">The number.</param>
    public static void WriteShort(Utf8JsonWriter json, double? value) => Write(json, value, "G4");

    /// <summary>Writes a number with seven significant digits: metrics, curves.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="value">The number.</param>
    public static void WriteLong(Utf8JsonWriter json, double? value) => Write(json, value, "G7");

    /// <summary>Writes [all lower edges and the last upper edge], [counts].</summary>
    /// <param name="json">Where to.</param>
    /// <param name="bins">Adjoining bins.</param>
    public static void WriteHistogram(Utf8JsonWriter json, IReadOnlyList<HistogramBin> bins)
    {
        json.WriteStartArray();
        json.WriteStartArray();
        foreach (HistogramBin bin in bins)
        {
            WriteShort(json, bin.Low);
        }

        if (bins.Count > 0)
        {
            WriteShort(json, bins[^1].High);
        }

        json.WriteEndArray();
        json.WriteStartArray();
        foreach (HistogramBin bin in bins)
        {
            json.WriteNumberValue(bin.Count);
        }

        json.WriteEndArray();
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, double? value, string format)
    {
        if (value is not { } number || !double.IsFinite(number))
        {
            json.WriteNullValue();
            return;
        }

        Span<byte> text = stackalloc byte[32];
        number.TryFormat(text, out int length, format, CultureInfo.InvariantCulture);
        json.WriteRawValue(text[..length], skipInputValidation: true);
    }
}

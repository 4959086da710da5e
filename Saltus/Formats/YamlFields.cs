using System.Globalization;
using System.Text;

namespace Saltus.Formats;

/// <summary>
/// Values of a small YAML configuration by their way from the root ("sae.n_heads"): nested mappings by indentation, plain and quoted
/// scalars, lists (kept as they stand, by "key[0]"). What YAML has beyond that (anchors, tags, several documents, scalars over several lines,
/// flow mappings with entries) is refused by line, so that nothing is read as something else.
/// </summary>
internal sealed class YamlFields
{
    private const int MaxBytes = 1 << 20;
    private const int MaxLineLength = 4096;
    private readonly Dictionary<string, string?> _values = new(StringComparer.Ordinal);
    private readonly string _source;

    private YamlFields(string source) => _source = source;

    /// <exception cref="InputException">The file cannot be read.</exception>
    /// <exception cref="SaeFormatException">It is not YAML of this kind.</exception>
    public static YamlFields Read(string path)
    {
        byte[] content;
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                throw new SaeFormatException(SaeFormatError.ConfigInvalid, $"'{path}': expected at most {MaxBytes} bytes of YAML, found more");
            }

            content = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            throw FileErrors.Reading(path, exception);
        }

        YamlFields fields = new(path);
        fields.Parse(content);
        return fields;
    }

    /// <summary>Whether a key has a value other than null.</summary>
    public bool Has(string key) => _values.GetValueOrDefault(key) is not null;

    public string? GetString(string key, string? defaultValue) => _values.GetValueOrDefault(key) ?? defaultValue;

    public int GetPositive(string key) => int.TryParse(Require(key), NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0
        ? value
        : throw Invalid(key, "an integer above 0");

    public int GetPositive(string key, int defaultValue) => Has(key) ? GetPositive(key) : defaultValue;

    public double GetDouble(string key, double defaultValue) => !Has(key) ? defaultValue
        : double.TryParse(Require(key), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value
        : throw Invalid(key, "a number");

    public bool GetBoolean(string key, bool defaultValue) => Has(key)
        ? Require(key).ToLowerInvariant() switch { "true" => true, "false" => false, _ => throw Invalid(key, "true or false") }
        : defaultValue;

    public SaeFormatException Invalid(string key, string expected) =>
        new(SaeFormatError.ConfigInvalid, $"'{_source}': {key}: expected {expected}, found {(Has(key) ? $"'{_values[key]}'" : "no such key")}");

    private string Require(string key) => _values.GetValueOrDefault(key) ?? throw Invalid(key, "a value");

    private void Parse(byte[] content)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content.AsSpan(content.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0));
        }
        catch (DecoderFallbackException exception)
        {
            throw new SaeFormatException(SaeFormatError.ConfigInvalid, $"'{_source}': expected YAML, found bytes that are not UTF-8", exception);
        }

        List<(int Indent, string Prefix)> open = [(-1, string.Empty)];
        Dictionary<string, int> items = new(StringComparer.Ordinal);
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].TrimEnd();
            string entry = line.TrimStart(' ');
            if (entry.Length == 0 || entry[0] == '#' || (entry == "---" && _values.Count == 0))
            {
                continue;
            }

            if (entry.Length > MaxLineLength || entry[0] is '\t' or '&' or '*' or '!' or '|' or '>' or '%' or '@' or '{' || entry is "---" or "...")
            {
                throw Fail(i, "expected 'key: value' or '- item'");
            }

            int indent = line.Length - entry.Length;
            bool isItem = entry == "-" || entry.StartsWith("- ", StringComparison.Ordinal);
            while (open[^1].Indent >= indent && !(isItem && open[^1].Indent == indent && !items.ContainsKey(open[^1].Prefix)))
            {
                open.RemoveAt(open.Count - 1);
            }

            if (isItem)
            {
                Item(entry, open[^1].Prefix, items);
                continue;
            }

            Entry(i, entry, indent, open);
        }
    }

    /// <summary>Items are kept as text: no reader looks inside one.</summary>
    private void Item(string entry, string prefix, Dictionary<string, int> items)
    {
        string list = prefix.TrimEnd('.');
        int index = items[list] = items.GetValueOrDefault(list, -1) + 1;
        _values[$"{list}[{index}]"] = entry[1..].Trim();
    }

    private void Entry(int line, string entry, int indent, List<(int Indent, string Prefix)> open)
    {
        int colon = entry.EndsWith(':') ? entry.Length - 1 : entry.IndexOf(": ", StringComparison.Ordinal);
        if (colon <= 0)
        {
            throw Fail(line, "expected 'key: value'");
        }

        string key = open[^1].Prefix + Unquote(line, entry[..colon].Trim());
        string value = entry[(colon + 1)..].Trim();
        if (!_values.TryAdd(key, Scalar(line, value)))
        {
            throw Fail(line, $"expected each key once, found '{key}' again");
        }

        open.Add((indent, $"{key}."));
    }

    private string? Scalar(int line, string value)
    {
        if (value.Length > 0 && value[0] is not ('"' or '\'') && value.IndexOf(" #", StringComparison.Ordinal) is >= 0 and int comment)
        {
            value = value[..comment].TrimEnd();
        }

        if (value.Length == 0 || value[0] == '#' || value is "null" or "~" or "Null" or "NULL")
        {
            return null;
        }

        return value[0] is '&' or '*' or '!' or '|' or '>' or '@' or '`' or '%' || (value[0] is '{' or '[' && value is not ("{}" or "[]") && value[^1] is not ('}' or ']'))
            ? throw Fail(line, "expected a plain or quoted value")
            : Unquote(line, value);
    }

    private string Unquote(int line, string value)
    {
        if (value.Length == 0 || value[0] is not ('"' or '\''))
        {
            return value;
        }

        int end = 1;
        while (end < value.Length && (value[end] != value[0] || (value[0] == '\'' && end + 1 < value.Length && value[end + 1] == '\'')))
        {
            end += value[end] == value[0] ? 2 : 1;
        }

        string after = end < value.Length ? value[(end + 1)..].TrimStart() : "?";
        if (after.Length > 0 && after[0] != '#')
        {
            throw Fail(line, "expected one quoted value that ends on its line");
        }

        string inside = value[1..end];
        return value[0] == '\'' ? inside.Replace("''", "'", StringComparison.Ordinal)
            : inside.Contains('\\', StringComparison.Ordinal) ? throw Fail(line, "expected a quoted value without escapes")
            : inside;
    }

    private SaeFormatException Fail(int line, string expected) =>
        new(SaeFormatError.ConfigInvalid, FormattableString.Invariant($"'{_source}', line {line + 1}: {expected}; only simple YAML is read"));
}

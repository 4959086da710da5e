using System.Globalization;

namespace Saltus.Formats;

/// <summary>The keys and values of a GGUF file. A value of another type than asked for is refused with a line that names file and key.</summary>
public sealed class GgufMetadata
{
    private readonly IReadOnlyDictionary<string, object> _values;

    internal GgufMetadata(string source, IReadOnlyDictionary<string, object> values)
    {
        Source = source;
        _values = values;
    }

    /// <summary>Gets the file that errors name.</summary>
    public string Source { get; }

    /// <summary>Gets the keys.</summary>
    public IEnumerable<string> Keys => _values.Keys;

    /// <summary>Gets a value as it is kept: a number, bool or string, or an array of one of them, or of arrays.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The value, or null.</returns>
    public object? Find(string key) => _values.GetValueOrDefault(key);

    /// <summary>Gets a text.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The text, or null where the key is absent.</returns>
    /// <exception cref="GgufFormatException">The value is no text.</exception>
    public string? FindText(string key) => Find(key) switch
    {
        null => null,
        string text => text,
        object other => throw Wrong(key, "a text", other),
    };

    /// <summary>Gets a truth value.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The value, or null where the key is absent.</returns>
    /// <exception cref="GgufFormatException">The value is no truth value.</exception>
    public bool? FindFlag(string key) => Find(key) switch
    {
        null => null,
        bool flag => flag,
        object other => throw Wrong(key, "true or false", other),
    };

    /// <summary>Gets a whole number of any integer type.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The number, or null where the key is absent.</returns>
    /// <exception cref="GgufFormatException">The value is no whole number that fits 63 bits.</exception>
    public long? FindInteger(string key) => Find(key) switch
    {
        null => null,
        ulong number when number <= long.MaxValue => (long)number,
        byte or sbyte or ushort or short or uint or int or long => Convert.ToInt64(Find(key), CultureInfo.InvariantCulture),
        object other => throw Wrong(key, "a whole number", other),
    };

    /// <summary>Gets a number of any type.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The number, or null where the key is absent.</returns>
    /// <exception cref="GgufFormatException">The value is no finite number.</exception>
    public double? FindNumber(string key) => Find(key) switch
    {
        null => null,
        float number when float.IsFinite(number) => number,
        double number when double.IsFinite(number) => number,
        byte or sbyte or ushort or short or uint or int or long or ulong => Convert.ToDouble(Find(key), CultureInfo.InvariantCulture),
        object other => throw Wrong(key, "a finite number", other),
    };

    /// <summary>Gets an array of texts.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The texts, or null where the key is absent.</returns>
    /// <exception cref="GgufFormatException">The value is no array of texts.</exception>
    public string[]? FindTexts(string key) => FindArray<string>(key, "an array of texts");

    /// <summary>Gets an array of float32 numbers.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The numbers, or null where the key is absent.</returns>
    /// <exception cref="GgufFormatException">The value is no array of float32 numbers.</exception>
    public float[]? FindFloats(string key) => FindArray<float>(key, "an array of float32 numbers");

    /// <summary>Gets an array of 32-bit integers; published files keep token types so, signed or not.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The numbers, or null where the key is absent.</returns>
    /// <exception cref="GgufFormatException">The value is no array of 32-bit integers.</exception>
    public int[]? FindIntegers(string key) => Find(key) is uint[] unsigned
        ? Array.ConvertAll(unsigned, number => number <= int.MaxValue ? (int)number : throw Wrong(key, "integers below 2^31", unsigned))
        : FindArray<int>(key, "an array of 32-bit integers");

    /// <summary>Gets a value that must be there.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="value">What was found.</param>
    /// <returns>The value.</returns>
    /// <exception cref="GgufFormatException">It is null.</exception>
    public T Require<T>(string key, T? value)
        where T : struct => value ?? throw Missing(key);

    /// <summary>Gets a value that must be there.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="value">What was found.</param>
    /// <returns>The value.</returns>
    /// <exception cref="GgufFormatException">It is null.</exception>
    public T Require<T>(string key, T? value)
        where T : class => value ?? throw Missing(key);

    /// <summary>A value in words: short, on one line.</summary>
    internal static string Describe(object value) => value switch
    {
        string text => $"the text '{(text.Length <= 40 ? text : text[..40] + "…")}'",
        Array array => $"an array of {array.Length} {array.GetType().GetElementType()!.Name}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value} ({value.GetType().Name})"),
    };

    private T[]? FindArray<T>(string key, string expected) => Find(key) switch
    {
        null => null,

        // The runtime takes int[] for uint[]: the type itself is compared.
        T[] values when values.GetType() == typeof(T[]) => values,
        object other => throw Wrong(key, expected, other),
    };

    private GgufFormatException Missing(string key) => new(GgufError.KeyMissing, $"'{Source}': key '{key}': expected it to be there, found none");

    private GgufFormatException Wrong(string key, string expected, object found) =>
        new(GgufError.KeyType, $"'{Source}': key '{key}': expected {expected}, found {Describe(found)}");
}

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Saltus.Formats;

/// <summary>The typed getters. With a default a missing key gives the default; without one it is an error.</summary>
public sealed partial class JsonFields
{
    private delegate bool ElementReader<T>(JsonElement element, [MaybeNullWhen(false)] out T value);

    /// <summary>Gets whether the key is there and not null.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Whether it has a value.</returns>
    public bool Has(string key) => TryGetElement(key, out _);

    /// <summary>Gets the raw value of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether the key is there and not null.</returns>
    public bool TryGetElement(string key, out JsonElement value) =>
        _element.TryGetProperty(key, out value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Gets a string.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The string.</returns>
    /// <exception cref="JsonFieldException">The key is missing or not a string.</exception>
    public string GetString(string key) => Require<string>(key, "a string", TryString);

    /// <summary>Gets a string, or the default.</summary>
    /// <param name="key">The key.</param>
    /// <param name="defaultValue">What a missing key means.</param>
    /// <returns>The string.</returns>
    /// <exception cref="JsonFieldException">The value is not a string.</exception>
    [return: NotNullIfNotNull(nameof(defaultValue))]
    public string? GetString(string key, string? defaultValue) => Has(key) ? GetString(key) : defaultValue;

    /// <summary>Gets an integer.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The integer.</returns>
    /// <exception cref="JsonFieldException">The key is missing or not an integer of 32 bits.</exception>
    public int GetInt32(string key) => Require<int>(key, "an integer", TryInt32);

    /// <summary>Gets an integer, or the default.</summary>
    /// <param name="key">The key.</param>
    /// <param name="defaultValue">What a missing key means.</param>
    /// <returns>The integer.</returns>
    /// <exception cref="JsonFieldException">The value is not an integer of 32 bits.</exception>
    public int GetInt32(string key, int defaultValue) => Has(key) ? GetInt32(key) : defaultValue;

    /// <summary>Gets an integer that counts something: at least 1.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The integer, at least 1.</returns>
    /// <exception cref="JsonFieldException">The key is missing, not an integer of 32 bits, or below 1.</exception>
    public int GetPositive(string key)
    {
        int value = GetInt32(key);
        return value > 0 ? value : throw Invalid(key, "an integer above 0");
    }

    /// <summary>Gets a long integer.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The integer.</returns>
    /// <exception cref="JsonFieldException">The key is missing or not an integer of 64 bits.</exception>
    public long GetInt64(string key) => Require<long>(key, "an integer", TryInt64);

    /// <summary>Gets a long integer, or the default.</summary>
    /// <param name="key">The key.</param>
    /// <param name="defaultValue">What a missing key means.</param>
    /// <returns>The integer.</returns>
    /// <exception cref="JsonFieldException">The value is not an integer of 64 bits.</exception>
    public long GetInt64(string key, long defaultValue) => Has(key) ? GetInt64(key) : defaultValue;

    /// <summary>Gets a finite number.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The number.</returns>
    /// <exception cref="JsonFieldException">The key is missing or not a finite number.</exception>
    public double GetDouble(string key) => Require<double>(key, "a number", TryDouble);

    /// <summary>Gets a finite number, or the default.</summary>
    /// <param name="key">The key.</param>
    /// <param name="defaultValue">What a missing key means.</param>
    /// <returns>The number.</returns>
    /// <exception cref="JsonFieldException">The value is not a finite number.</exception>
    public double GetDouble(string key, double defaultValue) => Has(key) ? GetDouble(key) : defaultValue;

    /// <summary>Gets a truth value.</summary>
    /// <param name="key">The key.</param>
    /// <returns>True or false.</returns>
    /// <exception cref="JsonFieldException">The key is missing or neither true nor false.</exception>
    public bool GetBoolean(string key) => Require<bool>(key, "true or false", TryBoolean);

    /// <summary>Gets a truth value, or the default.</summary>
    /// <param name="key">The key.</param>
    /// <param name="defaultValue">What a missing key means.</param>
    /// <returns>True or false.</returns>
    /// <exception cref="JsonFieldException">The value is neither true nor false.</exception>
    public bool GetBoolean(string key, bool defaultValue) => Has(key) ? GetBoolean(key) : defaultValue;

    /// <summary>Gets an object.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Its fields; errors name the whole way to them.</returns>
    /// <exception cref="JsonFieldException">The key is missing or not an object.</exception>
    public JsonFields GetObject(string key) =>
        new(Require(key, "an object", (JsonElement element, out JsonElement value) => Is(element, JsonValueKind.Object, out value)), Source, $"{_prefix}{key}.");

    /// <summary>Gets an object if it is there.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Its fields, or null when the key is missing.</returns>
    /// <exception cref="JsonFieldException">The value is not an object.</exception>
    public JsonFields? FindObject(string key) => Has(key) ? GetObject(key) : null;

    /// <summary>Gets a list of objects.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The fields of each.</returns>
    /// <exception cref="JsonFieldException">The key is missing or not a list of objects.</exception>
    public IReadOnlyList<JsonFields> GetObjects(string key) =>
        [.. RequireList(key, "a list of objects", (JsonElement element, out JsonElement value) => Is(element, JsonValueKind.Object, out value))
            .Select((element, index) => new JsonFields(element, Source, $"{_prefix}{key}[{index}]."))];

    /// <summary>Gets a list of strings.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The strings.</returns>
    /// <exception cref="JsonFieldException">The key is missing or not a list of strings.</exception>
    public IReadOnlyList<string> GetStrings(string key) => RequireList<string>(key, "a list of strings", TryString);

    /// <summary>Gets a list of integers.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The integers.</returns>
    /// <exception cref="JsonFieldException">The key is missing or not a list of integers.</exception>
    public IReadOnlyList<int> GetInt32s(string key) => RequireList<int>(key, "a list of integers", TryInt32);

    /// <summary>Gets a list of finite numbers.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The numbers.</returns>
    /// <exception cref="JsonFieldException">The key is missing or not a list of numbers.</exception>
    public IReadOnlyList<double> GetDoubles(string key) => RequireList<double>(key, "a list of numbers", TryDouble);

    private static bool Is(JsonElement element, JsonValueKind kind, out JsonElement value)
    {
        value = element;
        return element.ValueKind == kind;
    }

    private static bool TryString(JsonElement element, [MaybeNullWhen(false)] out string value)
    {
        value = null;
        if (element.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        try
        {
            value = element.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, or bytes that are not UTF-8.
            return false;
        }
    }

    private static bool TryInt32(JsonElement element, out int value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out value);
    }

    private static bool TryInt64(JsonElement element, out long value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out value);
    }

    private static bool TryDouble(JsonElement element, out double value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out value) && double.IsFinite(value);
    }

    private static bool TryBoolean(JsonElement element, out bool value)
    {
        value = element.ValueKind == JsonValueKind.True;
        return element.ValueKind is JsonValueKind.True or JsonValueKind.False;
    }

    private T Require<T>(string key, string expected, ElementReader<T> read)
    {
        if (!TryGetElement(key, out JsonElement element))
        {
            throw Fail(JsonFieldError.Missing, key, expected);
        }

        return read(element, out T? value) ? value : throw Fail(JsonFieldError.WrongType, key, expected);
    }

    private List<T> RequireList<T>(string key, string expected, ElementReader<T> read)
    {
        JsonElement list = Require(key, expected, (JsonElement element, out JsonElement value) => Is(element, JsonValueKind.Array, out value));
        List<T> values = new(list.GetArrayLength());
        foreach (JsonElement element in list.EnumerateArray())
        {
            values.Add(read(element, out T? value) ? value : throw Fail(JsonFieldError.WrongType, key, expected));
        }

        return values;
    }
}

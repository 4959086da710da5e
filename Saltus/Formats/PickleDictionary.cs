namespace Saltus.Formats;

/// <summary>A dictionary of a pickle, in the order of its entries. Texts as keys are there once each; other keys are kept and not looked up.</summary>
/// <param name="isOrdered">Whether Python would have an OrderedDict, which may carry attributes.</param>
internal sealed class PickleDictionary(bool isOrdered)
{
    private static readonly Dictionary<string, object?> s_none = [];
    private Dictionary<string, object?>? _entries;
    private List<string>? _names;

    public bool IsOrdered { get; } = isOrdered;

    /// <summary>The keys that are texts, in order.</summary>
    public IReadOnlyList<string> Names => _names ?? [];

    /// <summary>A key that is not a text; null if all are.</summary>
    public object? OtherKey { get; private set; }

    /// <summary>Values by the keys that are texts.</summary>
    public IReadOnlyDictionary<string, object?> Entries => _entries ?? s_none;

    /// <summary>Adds an entry.</summary>
    /// <returns>Whether the key was new.</returns>
    public bool TryAdd(object key, object? value)
    {
        if (key is not string name)
        {
            OtherKey = key;
            return true;
        }

        _entries ??= new Dictionary<string, object?>(StringComparer.Ordinal);
        if (!_entries.TryAdd(name, value))
        {
            return false;
        }

        (_names ??= []).Add(name);
        return true;
    }
}

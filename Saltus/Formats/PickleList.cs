namespace Saltus.Formats;

/// <summary>A list or tuple of a pickle. Items are none, booleans, longs, big integers, doubles, texts, bytes, lists, dictionaries, globals, storages and tensors.</summary>
/// <param name="isTuple">Whether it is a tuple.</param>
internal sealed class PickleList(bool isTuple)
{
    private static readonly List<object?> s_none = [];
    private List<object?>? _items;

    /// <summary>The one empty tuple.</summary>
    public static PickleList EmptyTuple { get; } = new(isTuple: true);

    public bool IsTuple { get; } = isTuple;

    public IReadOnlyList<object?> Items => _items ?? s_none;

    /// <summary>A tuple of values, the first first.</summary>
    public static PickleList Tuple(List<object?> stack, int first)
    {
        if (first == stack.Count)
        {
            return EmptyTuple;
        }

        PickleList tuple = new(isTuple: true);
        tuple.Add(stack, first);
        return tuple;
    }

    /// <summary>Adds the values of a stack from an index on.</summary>
    public void Add(List<object?> stack, int first)
    {
        _items ??= new List<object?>(stack.Count - first);
        for (int i = first; i < stack.Count; i++)
        {
            _items.Add(stack[i]);
        }
    }
}

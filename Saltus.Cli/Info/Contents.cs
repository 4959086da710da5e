namespace Saltus.Cli.Info;

/// <summary>What is in a file or folder.</summary>
/// <param name="Kind">What it is, such as "safetensors file".</param>
internal sealed record Contents(string Kind)
{
    private readonly List<(string Key, object Value)> _facts = [];

    /// <summary>Gets facts in the order in which they are shown: key in snake_case, value a string, long, double or bool.</summary>
    public IReadOnlyList<(string Key, object Value)> Facts => _facts;

    /// <summary>Gets the tensors, in the file's order.</summary>
    public IReadOnlyList<ContentsTensor> Tensors { get; init; } = [];

    /// <summary>Gets remarks, a line each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Appends a fact; one without a value is left out.</summary>
    /// <param name="key">In snake_case.</param>
    /// <param name="value">A string, int, long, double, float or bool.</param>
    /// <returns>The same contents.</returns>
    public Contents Add(string key, object? value)
    {
        object? kept = value switch
        {
            int number => (long)number,
            float number => (double)number,
            "" => null,
            _ => value,
        };
        if (kept is not null)
        {
            _facts.Add((key, kept));
        }

        return this;
    }
}

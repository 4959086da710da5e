namespace Saltus.Lm.Models;

/// <summary>The keys and values of one key-value head of one sequence, from position 0 on.</summary>
/// <param name="keys">Starts at the key of position 0.</param>
/// <param name="values">Starts at the value of position 0.</param>
/// <param name="stride">Values between positions.</param>
/// <param name="length">Positions.</param>
internal readonly ref struct KeyValueRows(ReadOnlySpan<float> keys, ReadOnlySpan<float> values, int stride, int length)
{
    public ReadOnlySpan<float> Keys { get; } = keys;

    public ReadOnlySpan<float> Values { get; } = values;

    public int Stride { get; } = stride;

    public int Length { get; } = length;
}

namespace Saltus.Tests.Training.Twin;

/// <summary>The largest entries of a row.</summary>
internal static class TwinSelection
{
    /// <summary>Stands for "no edge near": where nothing is dropped, or zeros are kept and dropped alike.</summary>
    public const double NoEdge = 9;

    /// <summary>Indices of the <paramref name="count"/> largest values, and by how much the last of them beats the first dropped value.</summary>
    public static (int[] Kept, double Gap) Largest(ReadOnlySpan<double> values, int count)
    {
        double[] descending = values.ToArray();
        int[] order = [.. Enumerable.Range(0, values.Length)];
        Array.Sort(descending, order, Comparer<double>.Create((a, b) => b.CompareTo(a)));
        double gap = count >= values.Length || descending[count - 1] == 0 ? NoEdge : descending[count - 1] - descending[count];
        return (order[..Math.Min(count, order.Length)], gap);
    }
}

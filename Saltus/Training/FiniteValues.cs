using System.Numerics;

namespace Saltus.Training;

/// <summary>Looks for values that are not numbers before they reach weights.</summary>
internal static class FiniteValues
{
    /// <summary>Finds the first NaN, infinity or value of larger size than <paramref name="limit"/>: its index, or −1.</summary>
    public static int FindFirstBeyond(ReadOnlySpan<float> values, float limit)
    {
        int i = 0;
        Vector<float> limits = new(limit);
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            // NaN compares false, so it counts as beyond.
            if (!Vector.LessThanOrEqualAll(Vector.Abs(new Vector<float>(values[i..])), limits))
            {
                break;
            }
        }

        for (; i < values.Length; i++)
        {
            if (!(Math.Abs(values[i]) <= limit))
            {
                return i;
            }
        }

        return -1;
    }
}

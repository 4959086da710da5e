namespace Saltus.Lm.Interpretation;

/// <summary>The few largest of many values, in descending order; of equal ones the lower index first.</summary>
internal static class LargestValues
{
    /// <summary>Finds them.</summary>
    /// <param name="values">Any numbers but NaN.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="sign">1 for the largest, −1 for the smallest.</param>
    /// <param name="skip">An index to leave out; −1 for none.</param>
    /// <returns>Their indices.</returns>
    public static int[] Find(ReadOnlySpan<float> values, int count, int sign = 1, int skip = -1)
    {
        int[] indices = new int[Math.Min(count, values.Length - (skip >= 0 ? 1 : 0))];
        int found = 0;
        for (int i = 0; i < values.Length; i++)
        {
            float value = sign * values[i];
            if (i == skip || (found == indices.Length && (found == 0 || value <= sign * values[indices[^1]])))
            {
                continue;
            }

            int place = found < indices.Length ? found++ : found - 1;
            for (; place > 0 && sign * values[indices[place - 1]] < value; place--)
            {
                indices[place] = indices[place - 1];
            }

            indices[place] = i;
        }

        return indices;
    }
}

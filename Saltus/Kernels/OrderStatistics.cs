namespace Saltus.Kernels;

/// <summary>The n-th largest of some values, by partition: the same value whatever their order, without sorting what is not asked for.</summary>
internal static class OrderStatistics
{
    /// <summary>Below so many values insertion sort is faster.</summary>
    private const int Few = 24;

    /// <summary>Finds the n-th largest value.</summary>
    /// <param name="values">Finite values or infinities; brought into another order.</param>
    /// <param name="n">1 for the largest … the number of values for the smallest.</param>
    /// <returns>The value.</returns>
    public static float Largest(Span<float> values, int n)
    {
        int target = values.Length - n;
        int first = 0;
        int last = values.Length - 1;
        while (last - first >= Few)
        {
            float pivot = Median(values[first], values[first + ((last - first) / 2)], values[last]);
            int i = first;
            int j = last;
            while (i <= j)
            {
                while (values[i] < pivot)
                {
                    i++;
                }

                while (values[j] > pivot)
                {
                    j--;
                }

                if (i <= j)
                {
                    (values[i], values[j]) = (values[j], values[i]);
                    i++;
                    j--;
                }
            }

            if (target <= j)
            {
                last = j;
            }
            else if (target >= i)
            {
                first = i;
            }
            else
            {
                return values[target];
            }
        }

        for (int i = first + 1; i <= last; i++)
        {
            float value = values[i];
            int j = i - 1;
            for (; j >= first && values[j] > value; j--)
            {
                values[j + 1] = values[j];
            }

            values[j + 1] = value;
        }

        return values[target];
    }

    private static float Median(float a, float b, float c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}

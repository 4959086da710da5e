namespace Saltus.Cli;

/// <summary>Finds the known name that a mistyped one was probably meant to be.</summary>
internal static class NearestName
{
    /// <summary>Finds the name with the fewest letters wrong, missing, added or swapped.</summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="known">The names there are.</param>
    /// <returns>The nearest; null where none is near.</returns>
    public static string? Find(string typed, IEnumerable<string> known) => FindSeveral(typed, known, 1) is [string nearest] ? nearest : null;

    /// <summary>Finds the names with the fewest letters wrong, missing, added or swapped.</summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="known">The names there are.</param>
    /// <param name="most">How many at most.</param>
    /// <returns>The nearest first; none where none is near.</returns>
    public static IReadOnlyList<string> FindSeveral(string typed, IEnumerable<string> known, int most)
    {
        int limit = Math.Max(2, typed.Length / 3);
        return
        [
            .. known
                .Select(name => (Name: name, Distance: Distance(typed, name)))
                .Where(pair => pair.Distance <= limit && pair.Distance < pair.Name.Length)
                .OrderBy(pair => pair.Distance)
                .ThenBy(pair => pair.Name, StringComparer.Ordinal)
                .Select(pair => pair.Name)
                .Take(most),
        ];
    }

    /// <summary>Counts edits by the table of prefixes; neighbours that changed places count as one.</summary>
    private static int Distance(string a, string b)
    {
        int[,] edits = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    edits[i, j] = i + j;
                    continue;
                }

                int replaced = edits[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                edits[i, j] = Math.Min(replaced, 1 + Math.Min(edits[i - 1, j], edits[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
                }
            }
        }

        return edits[a.Length, b.Length];
    }
}

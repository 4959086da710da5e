using Saltus.Kernels;

namespace Saltus.Lm.Models;

/// <summary>Spreads work on rows over a team, some rows an item.</summary>
internal static class RowBlocks
{
    /// <summary>Rows of an item: enough to pay for handing it out, few enough to share.</summary>
    private const int RowsOfItem = 16;

    /// <summary>Calls <paramref name="body"/> with every row once.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="body">What to do with one row; rows must not depend on one another.</param>
    public static void Run(WorkTeam team, int rows, Action<int> body) => team.Run((rows + RowsOfItem - 1) / RowsOfItem, item =>
    {
        int end = Math.Min(rows, (item + 1) * RowsOfItem);
        for (int row = item * RowsOfItem; row < end; row++)
        {
            body(row);
        }
    });
}

using System.Text;

namespace Saltus.Cli.Bench;

/// <summary>Rows as people read them: on a terminal, and in a Markdown file.</summary>
internal static class BenchTable
{
    private static readonly string[] s_headings = ["case", "settings", "ms>", "rate>", "tokens/s>", "× floor>", "quartiles>", "of floor>", "floor", "bytes a run>", "found"];

    /// <summary>Writes a table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="rows">At least one.</param>
    public static void Write(TextWriter output, IReadOnlyList<BenchRow> rows)
    {
        TextTable table = new(s_headings);
        foreach (BenchRow row in rows)
        {
            table.Add(Cells(row));
        }

        table.Write(output);
    }

    /// <summary>Makes a Markdown table.</summary>
    /// <param name="rows">At least one.</param>
    /// <returns>Lines, each ended.</returns>
    public static string Markdown(IReadOnlyList<BenchRow> rows)
    {
        StringBuilder text = new();
        Line(text, s_headings.Select(heading => heading.TrimEnd('>')));
        Line(text, s_headings.Select(heading => heading.EndsWith('>') ? "---:" : "---"));
        foreach (BenchRow row in rows)
        {
            Line(text, Cells(row));
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static string[] Cells(BenchRow row) =>
    [
        row.Name,
        row.What,
        $"{row.Seconds.Median * 1e3:F1}",
        Rate(row),
        row.Tokens > 0 ? $"{row.Tokens / row.Seconds.Median:N0}" : string.Empty,
        row.Ratio is { } ratio ? $"{ratio.Median:F3}" : string.Empty,
        row.Ratio is { } spread ? $"{spread.Low:F3}–{spread.High:F3}" : string.Empty,
        row.Ratio is { } share ? $"{1 / share.Median:P0}" : string.Empty,
        row.Floor ?? string.Empty,
        $"{row.AllocatedBytes:N0}",
        row.Note ?? string.Empty,
    ];

    private static string Rate(BenchRow row) => row.Work.Unit switch
    {
        BenchUnit.Flop => $"{row.Rate / 1e9:F1} GFLOP/s",
        BenchUnit.Byte when row.Rate < 1e9 => $"{row.Rate / 1e6:F2} MB/s",
        BenchUnit.Byte => $"{row.Rate / 1e9:F1} GB/s",
        _ => throw new ArgumentOutOfRangeException(nameof(row)),
    };
}

namespace Saltus.Cli;

/// <summary>A table of aligned columns for people: the same on a terminal and in a file.</summary>
/// <param name="headings">Of the columns; a heading that ends in '>' puts its column to the right.</param>
internal sealed class TextTable(params string[] headings)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Appends a row.</summary>
    /// <param name="cells">As many as there are headings.</param>
    public void Add(params string[] cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, headings.Length);
        _rows.Add(cells);
    }

    /// <summary>Writes headings and rows.</summary>
    /// <param name="output">Where to.</param>
    public void Write(TextWriter output)
    {
        bool[] right = [.. headings.Select(heading => heading.EndsWith('>'))];
        string[] names = [.. headings.Select(heading => heading.TrimEnd('>'))];
        IEnumerable<string[]> lines = names.All(name => name.Length == 0) ? _rows : _rows.Prepend(names);
        int[] widths = [.. Enumerable.Range(0, names.Length).Select(column => lines.Max(line => line[column].Length))];
        foreach (string[] line in lines)
        {
            IEnumerable<string> cells = line.Select((cell, column) => right[column] ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            output.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }
}

using System.Text;
using Saltus.Formats;

namespace Saltus.Cli.Bench;

/// <summary>
/// Results in a Markdown file, a section a group. A later run replaces the sections that it measured anew and leaves the others, so that
/// a file can be filled in pieces: every section holds its own floors, taken in turns with its cases, and says where and how it was made.
/// </summary>
internal static class BenchFile
{
    private const string Extension = ".md";
    private const string Mark = "## ";

    /// <summary>Refuses a name that cannot become such a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">It is no Markdown file, or cannot be one.</exception>
    public static void Check(string path)
    {
        OutputFile.Check(path);
        if (!path.EndsWith(Extension, StringComparison.Ordinal))
        {
            throw new InputException($"--out {path}: expected a name that ends in {Extension}, since sections of Markdown are written; --json prints the result for machines");
        }
    }

    /// <summary>Writes sections into a new or an old file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="machine">Where it ran.</param>
    /// <param name="command">What was typed.</param>
    /// <param name="repeats">Timed runs of a case.</param>
    /// <param name="results">What was measured.</param>
    public static void Write(string path, BenchMachine machine, string command, int repeats, IReadOnlyList<BenchResult> results)
    {
        string old = File.Exists(path) ? File.ReadAllText(path) : $"# Results on {machine.Cpu}\n";
        List<string> sections = Sections(old.ReplaceLineEndings("\n"));
        foreach (BenchResult result in results)
        {
            string heading = $"{Mark}{result.Title}\n";
            string section = $"{heading}\n`{command}`\n\n{machine}; Saltus {ToolCommand.Version}; medians of {repeats}.\n\n{BenchTable.Markdown(result.Rows)}";
            int at = sections.FindIndex(1, text => text.StartsWith(heading, StringComparison.Ordinal));
            if (at < 0)
            {
                sections.Add(section);
            }
            else
            {
                sections[at] = section;
            }
        }

        StringBuilder text = new();
        AtomicFile.WriteText(path, text.AppendJoin("\n\n", sections.Select(section => section.TrimEnd('\n')).Where(section => section.Length > 0)).Append('\n').ToString());
    }

    /// <summary>Cuts a file before each of its headings of the second level; what stands before the first comes first.</summary>
    private static List<string> Sections(string text)
    {
        List<string> sections = [];
        int from = 0;
        for (int at = Next(text, 0); at >= 0; at = Next(text, at + 1))
        {
            sections.Add(text[from..at]);
            from = at;
        }

        sections.Add(text[from..]);
        return sections;
    }

    private static int Next(string text, int from)
    {
        for (int at = text.IndexOf(Mark, from, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Mark, at + 1, StringComparison.Ordinal))
        {
            if (at == 0 || text[at - 1] == '\n')
            {
                return at;
            }
        }

        return -1;
    }
}

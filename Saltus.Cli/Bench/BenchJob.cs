using Saltus.Kernels;

namespace Saltus.Cli.Bench;

/// <summary>Measures groups under a progress line and shows each table as soon as it is complete.</summary>
/// <param name="context">The tool.</param>
/// <param name="team">Threads.</param>
/// <param name="settings">What the groups share.</param>
/// <param name="repeats">Timed runs of a case.</param>
internal sealed class BenchJob(ToolContext context, WorkTeam team, BenchSettings settings, int repeats)
{
    /// <summary>Measures.</summary>
    /// <param name="command">What was typed, for the results.</param>
    /// <param name="groups">What to measure.</param>
    /// <param name="output">A Markdown file to write sections into; null for none.</param>
    public void Run(string command, IReadOnlyList<BenchGroup> groups, string? output)
    {
        BenchMachine machine = BenchMachine.Read(team.Threads);
        if (!context.IsJson)
        {
            context.Out.WriteLine($"{machine}; medians of {repeats}");
        }

        BenchRunner runner = new(context.Time, repeats);
        List<BenchResult> results = [];
        foreach (BenchGroup group in groups)
        {
            BenchResult result = ProgressView.Run(context, progress => Measure(runner, group, progress));
            results.Add(result);
            if (!context.IsJson)
            {
                context.Out.WriteLine();
                context.Out.WriteLine($"{group.Name}: {group.Title}");
                BenchTable.Write(context.Out, result.Rows);
                context.Out.Flush();
            }
        }

        if (output is not null)
        {
            BenchFile.Write(output, machine, command, repeats, results);
        }

        if (context.IsJson)
        {
            context.WriteJson(writer => BenchJson.Write(writer, machine, command, repeats, results));
        }
    }

    private BenchResult Measure(BenchRunner runner, BenchGroup group, IWorkProgress progress)
    {
        List<BenchRow> rows = [];
        foreach (BenchPair pair in group.Pairs(settings))
        {
            progress.Report(new WorkDone("bench", rows.Count, Of: null, "cases", $"{group.Name}: {pair.Case.Name}"));
            rows.Add(runner.Measure(pair));
        }

        return new BenchResult(group.Name, group.Title, rows);
    }
}

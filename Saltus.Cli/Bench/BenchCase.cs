namespace Saltus.Cli.Bench;

/// <summary>One thing that is timed, with all it needs already made: a run does the work and nothing else.</summary>
/// <param name="name">Unique in its group.</param>
/// <param name="what">Shapes and settings, for people.</param>
/// <param name="work">What one run gets done.</param>
/// <param name="run">Does it.</param>
internal sealed class BenchCase(string name, string what, BenchWork work, Action run) : IDisposable
{
    /// <summary>Gets the name, unique in its group.</summary>
    public string Name { get; } = name;

    /// <summary>Gets shapes and settings, for people.</summary>
    public string What { get; } = what;

    /// <summary>Gets what one run gets done.</summary>
    public BenchWork Work { get; } = work;

    /// <summary>Gets the work itself.</summary>
    public Action Run { get; } = run;

    /// <summary>Gets the tokens that one run gets through; 0 where none are counted.</summary>
    public double Tokens { get; init; }

    /// <summary>Gets what is done before each run, not timed; null for nothing.</summary>
    public Action? Prepare { get; init; }

    /// <summary>Gets what the last run found, such as its L0; null for nothing.</summary>
    public Func<string>? Note { get; init; }

    /// <summary>Gets what is freed with the case.</summary>
    public IReadOnlyList<IDisposable> Owned { get; init; } = [];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable owned in Owned)
        {
            owned.Dispose();
        }
    }
}

using System.CommandLine;

namespace Saltus.Cli;

/// <summary>A command that does something; its help page has an example that runs.</summary>
internal abstract class Verb : Command
{
    private readonly ToolContext _context;

    /// <summary>Creates the command.</summary>
    /// <param name="context">What it works with.</param>
    /// <param name="name">What users type.</param>
    /// <param name="description">What it does, one sentence.</param>
    protected Verb(ToolContext context, string name, string description)
        : base(name, description)
    {
        _context = context;
        SetAction(parsed =>
        {
            context.IsJson = parsed.GetValue(CommonOptions.Json);
            if (!StopsWhenAsked)
            {
                context.Interruption.ExitAtOnce();
            }

            return Execute(parsed);
        });
    }

    /// <summary>Gets command lines that run as they stand in a folder with the repository's models and corpus, after those of the verbs before.</summary>
    public abstract IReadOnlyList<string> Examples { get; }

    /// <summary>Gets the arguments behind the name as the usage line shows them.</summary>
    public abstract string Usage { get; }

    /// <summary>Gets paragraphs between usage and options; empty for none.</summary>
    public virtual IReadOnlyList<string> Remarks => [];

    /// <summary>Gets whether the work looks at the cancellation token; what only reads is ended at once instead.</summary>
    protected virtual bool StopsWhenAsked => false;

    /// <summary>Gets what the command works with.</summary>
    protected ToolContext Context => _context;

    /// <summary>Does the work.</summary>
    /// <param name="values">The checked command line.</param>
    /// <returns>The exit code.</returns>
    protected abstract int Execute(ParseResult values);
}

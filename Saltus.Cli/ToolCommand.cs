using System.CommandLine;
using System.CommandLine.Help;
using System.Reflection;

namespace Saltus.Cli;

/// <summary>The root: every verb, in the order of the help page.</summary>
internal sealed class ToolCommand : RootCommand
{
    private readonly VersionOption _version;
    private readonly HelpOption _help;

    /// <summary>Creates all commands.</summary>
    /// <param name="context">What they work with.</param>
    public ToolCommand(ToolContext context)
        : base("JumpReLU sparse autoencoders on language-model activations")
    {
        _version = Options.OfType<VersionOption>().Single();
        _version.Description = "Print the version.";
        _help = Options.OfType<HelpOption>().Single();
        _help.Description = "Print this page, or that of a command.";
        Options.Add(CommonOptions.Json);
        Subcommands.Add(new DemoCommand(context));
        Subcommands.Add(new HarvestCommand(context));
        Subcommands.Add(new TrainCommand(context));
        Subcommands.Add(new SweepCommand(context));
        Subcommands.Add(new EvalCommand(context));
        Subcommands.Add(new ReportCommand(context));
        Subcommands.Add(new SteerCommand(context));
        Subcommands.Add(new AblateCommand(context));
        Subcommands.Add(new AttributeCommand(context));
        Subcommands.Add(new ConvertCommand(context));
        Subcommands.Add(new PullCommand(context));
        Subcommands.Add(new InfoCommand(context));
        Subcommands.Add(new RecoverCommand(context));
        Subcommands.Add(new VerifyCommand(context));
        Subcommands.Add(new BenchCommand(context));
    }

    /// <summary>Gets the version of this program.</summary>
    public static string Version { get; } = ReadVersion();

    /// <summary>Whether help was asked for: by the option, or by calling the program without anything.</summary>
    public bool WantsPage(ParseResult parsed, string[] arguments) => arguments.Length == 0 || parsed.GetResult(_help) is { Implicit: false };

    /// <summary>Whether the version was asked for.</summary>
    public bool WantsVersion(ParseResult parsed) => parsed.GetResult(_version) is { Implicit: false };

    private static string ReadVersion()
    {
        string full = typeof(ToolCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        // Behind the plus stands the commit, where the build knew it.
        return full.Split('+')[0];
    }
}

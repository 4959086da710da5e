using System.CommandLine;

namespace Saltus.Cli;

/// <summary>The group <c>verify</c>.</summary>
internal sealed class VerifyCommand : Command
{
    /// <summary>Creates the group.</summary>
    public VerifyCommand(ToolContext context)
        : base("verify", "compare with reference tensors or ids that another framework wrote; exit 1 beyond tolerance")
    {
        Subcommands.Add(new VerifyLmCommand(context));
        Subcommands.Add(new VerifySaeCommand(context));
        Subcommands.Add(new VerifyTokenizerCommand(context));
    }
}

using System.CommandLine;
using Saltus.Formats;

namespace Saltus.Cli;

/// <summary>Options that say of an SAE what its files do not; each takes the place of what a list of releases or a meta.json says.</summary>
internal static class SaeOptions
{
    private static readonly Option<string> s_convention = OptionKinds.Choice(
        "--convention", "Of formats that are read in two ways (Llama Scope): as the tool that loads it does, or as its authors say; default tool.", "tool", "authors");

    private static readonly Option<string> s_loader = OptionKinds.Named(
        "--loader", "NAME", $"How the SAE's files are read, where they do not say it themselves: {string.Join(", ", SaeReader.Loaders)}.", [.. SaeReader.Loaders]);

    private static readonly Option<string> s_folderName = OptionKinds.Text(
        "--folder-name", "PATH", "Where in its repository the SAE lies, as layer_12/width_16k; of a cross-layer transcoder the number of the layer.");

    private static readonly Option<string> s_repository = OptionKinds.Text("--repo-id", "ORG/NAME", "The repository that the SAE is from, whose name some readers look at.");

    private static readonly Option<double?> s_factor = OptionKinds.Real(
        "--norm-factor", "N", "What activations were multiplied by in training, as the list of releases has it (norm_scaling_factor); it is folded into the weights.");

    /// <summary>Adds all of them to a command.</summary>
    /// <param name="command">The command.</param>
    public static void AddTo(Command command)
    {
        command.Options.Add(s_convention);
        command.Options.Add(s_loader);
        command.Options.Add(s_folderName);
        command.Options.Add(s_repository);
        command.Options.Add(s_factor);
    }

    /// <summary>Gets what is known of an SAE beside its files.</summary>
    /// <param name="values">What was given.</param>
    /// <param name="hints">What else is known; options go before it.</param>
    public static SaeHints HintsOf(ParseResult values, SaeHints hints) => hints with
    {
        Convention = values.GetValue(s_convention) == "authors" ? SaeConvention.Authors : SaeConvention.Tool,
        Loader = values.GetValue(s_loader) ?? hints.Loader,
        FolderName = values.GetValue(s_folderName) ?? hints.FolderName,
        RepoId = values.GetValue(s_repository) ?? hints.RepoId,
        NormScalingFactor = values.GetValue(s_factor) ?? hints.NormScalingFactor,
    };
}

using System.CommandLine;
using Saltus.Cli;
using Saltus.Tests.Support;

namespace Saltus.Tests.Cli;

[Trait("once", "yes")]
public sealed class HelpTests
{
    private static readonly string s_folder = Path.Combine(Fixtures.Repository, "Saltus.Tests", "Golden", "cli", "help");

    [Fact]
    public void Every_page_of_help_is_the_golden_text_on_stdout_with_exit_code_0()
    {
        HashSet<string> expected = [];
        foreach (string[] path in Paths())
        {
            ToolResult result = ToolProcess.Run([.. path, "--help"]).Succeeded();
            Assert.Equal(string.Empty, result.Error);
            string file = string.Join('-', path.Prepend("saltus")) + ".txt";
            expected.Add(file);
            GoldenText.Check(Path.Combine(s_folder, file), result.Out);
        }

        Assert.Equal(expected.Order(StringComparer.Ordinal), Directory.EnumerateFiles(s_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_program_without_arguments_prints_its_page() =>
        Assert.Equal(ToolProcess.Run("--help").Succeeded().Out, ToolProcess.Run().Succeeded().Out);

    [Fact]
    public void The_version_is_one_line_of_numbers()
    {
        ToolResult result = ToolProcess.Run("--version").Succeeded();
        Assert.Matches(@"^\d+\.\d+\.\d+(-[a-z0-9.]+)?\n$", result.Out);
    }

    [Fact]
    public void A_half_typed_command_is_completed_for_the_shell() =>
        Assert.Contains("verify", ToolProcess.Run("[suggest:3]", "ver").Succeeded().Out.Split('\n'));

    [Fact]
    public void Every_verb_has_a_description_an_example_and_described_options()
    {
        foreach (Verb verb in Commands().OfType<Verb>())
        {
            Assert.False(string.IsNullOrEmpty(verb.Description), verb.Name);
            Assert.NotEmpty(verb.Examples);
            Assert.All(verb.Examples, example => Assert.StartsWith("saltus ", example, StringComparison.Ordinal));
            Assert.All(verb.Options, option => Assert.EndsWith(".", option.Description, StringComparison.Ordinal));
            Assert.All(verb.Arguments, argument => Assert.EndsWith(".", argument.Description, StringComparison.Ordinal));
        }
    }

    internal static IEnumerable<Command> Commands() => Below(Root());

    private static IEnumerable<Command> Below(Command command) => command.Subcommands.SelectMany(Below).Prepend(command);

    private static IEnumerable<string[]> Paths() => Commands().Select(command => UsageErrors.PathOf(command).Split(' ')[1..]);

    private static ToolCommand Root() => new(new ToolContext(TextWriter.Null, TextWriter.Null, new Interruption(), TimeProvider.System));
}

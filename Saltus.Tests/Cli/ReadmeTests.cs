using Saltus.Tests.Support;

namespace Saltus.Tests.Cli;

/// <summary>The README's commands, as they stand, in a folder with the repository's models and corpus.</summary>
[Trait("once", "yes")]
public sealed class ReadmeTests
{
    private const string FromSource = "dotnet run --project Saltus.Cli -c Release -- ";

    [Fact]
    public void Every_command_but_the_one_that_runs_the_tests_ends_well()
    {
        string folder = Directory.CreateTempSubdirectory("saltus-readme-").FullName;
        try
        {
            foreach (string name in new[] { "models", "corpus" })
            {
                Directory.CreateSymbolicLink(Path.Combine(folder, name), Path.Combine(Fixtures.Repository, name));
            }

            List<string> commands = Commands();
            Assert.Contains("demo", commands);
            foreach (string command in commands)
            {
                ToolProcess.RunIn(folder, command.Split(' ')).Succeeded();
            }

            Assert.True(File.Exists(Path.Combine(folder, "saltus-demo", "report.html")));
            Assert.True(File.Exists(Path.Combine(folder, "saltus-demo", "eval.json")));
            Assert.True(File.Exists(Path.Combine(folder, "saltus-demo", "sae", "sae_weights.safetensors")));
            Assert.True(File.Exists(Path.Combine(folder, "report.html")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The command lines of the README's shell blocks, without the program's name.</summary>
    internal static List<string> Commands()
    {
        List<string> commands = [];
        bool inside = false;
        foreach (string line in File.ReadAllLines(Path.Combine(Fixtures.Repository, "README.md")))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                inside = line == "```sh";
            }
            else if (inside && line != "dotnet test -c Release")
            {
                string start = line.StartsWith(FromSource, StringComparison.Ordinal) ? FromSource : "saltus ";
                Assert.StartsWith(start, line, StringComparison.Ordinal);
                commands.Add(line[start.Length..]);
            }
        }

        return commands;
    }
}

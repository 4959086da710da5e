using Saltus.Cli;
using Saltus.Tests.Support;

namespace Saltus.Tests.Cli;

/// <summary>The examples on the help pages, as they stand. Those of the README are run there.</summary>
[Trait("once", "yes")]
public sealed class ExampleTests
{
    [Fact]
    public void Every_example_ends_well()
    {
        using TemporaryFolder folder = new();
        foreach (string name in new[] { "models", "corpus", "Saltus.Tests" })
        {
            Directory.CreateSymbolicLink(folder[name], Path.Combine(Fixtures.Repository, name));
        }

        List<string> elsewhere = ReadmeTests.Commands();
        List<string> examples = [.. HelpTests.Commands().OfType<Verb>().SelectMany(verb => verb.Examples).Select(example => example["saltus ".Length..])];
        Assert.NotEmpty(examples.Intersect(elsewhere));
        foreach (string example in examples.Except(elsewhere))
        {
            ToolProcess.RunIn(folder.Path, example.Split(' ')).Succeeded();
        }
    }
}

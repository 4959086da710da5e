using Saltus.Cli;
using Saltus.Tests.Cli.Hub;
using Saltus.Tests.Support;

namespace Saltus.Tests.Cli;

/// <summary>The examples on the help pages, as they stand. Those of the README are run there. The hub is one on this machine.</summary>
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

        using LoopbackHub hub = LoopbackHub.OfSampleModel("HuggingFaceTB/SmolLM2-135M");
        hub.Others.Add("google/gemma-scope-2b-pt-res");
        hub.Files["layer_12/width_16k/average_l0_82/params.npz"] = [1];
        List<string> elsewhere = ReadmeTests.Commands();
        List<string> examples = [.. HelpTests.Commands().OfType<Verb>().SelectMany(verb => verb.Examples).Select(example => example["saltus ".Length..])];
        Assert.NotEmpty(examples.Intersect(elsewhere));
        foreach (string example in examples.Except(elsewhere))
        {
            ToolProcess.RunIn(folder.Path, hub.Environment(folder["hub"]), example.Split(' ')).Succeeded();
        }
    }
}

using System.Text.Json;
using Saltus.Formats;
using Saltus.Tests.Support;

namespace Saltus.Tests.Cli;

/// <summary>What the real executable writes for SAEBench and Neuronpedia has the structure of the files that their own programs wrote.</summary>
[Trait("once", "yes")]
public sealed class OtherToolsOutputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_evaluation_and_a_report_of_a_trained_SAE_are_written_as_other_tools_write_them()
    {
        string text = SampleText.Write(_folder["text.jsonl"], 2);
        string run = _folder["run"];
        ToolProcess.Run(
            "train", "--model", SampleText.Model, "--text", text, "--site", "resid_post", "--layer", "2", "--context", "64",
            "--width", "64", "--l0", "8", "--tokens", "3k", "--batch", "64", "--out", run).Succeeded();
        string[] input = ["--sae", run, "--model", SampleText.Model, "--text", text, "--context", "64"];

        ToolProcess.Run(["eval", .. input, "--out", _folder["eval.json"], "--saebench", _folder["core.json"]]).Succeeded();
        using JsonDocument core = JsonDocument.Parse(File.ReadAllText(_folder["core.json"]));
        foreach (string path in Recorded("saebench"))
        {
            using JsonDocument theirs = JsonDocument.Parse(File.ReadAllText(path));
            Assert.Empty(JsonStructure.Differences(theirs.RootElement, core.RootElement, "$.sae_cfg_dict"));
        }

        Assert.Equal(64, core.RootElement.GetProperty("eval_result_details").GetArrayLength());

        ToolProcess.Run(["report", .. input, "--neuronpedia", _folder["np"]]).Succeeded();
        string batch = _folder["np/batch-0.json"];
        using JsonDocument ours = JsonDocument.Parse(File.ReadAllText(batch));
        foreach (string path in Recorded("neuronpedia"))
        {
            using JsonDocument theirs = JsonDocument.Parse(File.ReadAllText(path));
            Assert.Empty(JsonStructure.Differences(theirs.RootElement, ours.RootElement));
        }

        // Read again by the importers, and by info.
        NeuronpediaBatch read = NeuronpediaBatchReader.Read(batch);
        NeuronpediaUpload upload = NeuronpediaUploadFile.Read(_folder["np/upload-0.json"]);
        Assert.NotEmpty(read.Features);
        Assert.Equal(read.Features.Select(feature => feature.Index), upload.Features.Select(feature => feature.Index));
        Assert.Contains("Neuronpedia", ToolProcess.Run("info", batch).Succeeded().Out, StringComparison.Ordinal);
    }

    private static List<string> Recorded(string area)
    {
        List<string> files =
        [
            .. Fixtures.Roots.Select(root => Path.Combine(root, "sae", area)).Where(Directory.Exists)
                .SelectMany(folder => Directory.EnumerateFiles(folder, "*.json")).Where(path => Path.GetFileName(path) != "meta.json"),
        ];
        Assert.NotEmpty(files);
        return files;
    }
}

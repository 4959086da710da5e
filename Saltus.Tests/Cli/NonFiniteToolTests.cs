using Saltus.Formats;
using Saltus.Tensors;
using Saltus.Tests.Support;
using Saltus.Training;

namespace Saltus.Tests.Cli;

/// <summary>The real executable meets NaN and infinity: one line that names the step, and the tensor, latent or place; checkpoints before stay whole.</summary>
[Trait("once", "yes")]
public sealed class NonFiniteToolTests : IDisposable
{
    private const int Rows = 3000;
    private const int Width = 8;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1e18", "after training step ", "encoder_bias, element ")]
    [InlineData("1e30", "training step ", "the loss is not finite")]
    public void A_run_whose_numbers_go_wrong_stops_at_the_step_and_keeps_the_checkpoints_before_it(string learningRate, params string[] words)
    {
        string text = SampleText.Write(_folder["text.jsonl"], 3);
        string[] train =
        [
            "train", "--model", SampleText.Model, "--text", text, "--site", "resid_post", "--layer", "0", "--context", "64", "--width", "64", "--l0", "8",
            "--tokens", "6k", "--batch", "64", "--checkpoint-steps", "1", "--lr", learningRate, "--out", _folder["run"],
        ];
        string first = Refused(train, words);
        string[] kept = [.. Directory.EnumerateFiles(_folder["run/checkpoints"]).Order(StringComparer.Ordinal)];
        Assert.NotEmpty(kept);
        foreach (string path in kept)
        {
            using SafetensorsFile file = CheckpointFile.Open(path).File;
            Assert.All(file.Tensors.Where(tensor => tensor.Dtype == TensorDtype.F32), tensor => Assert.All(file.ReadFloat32(tensor), value => Assert.True(float.IsFinite(value), tensor.Name)));
        }

        Assert.False(Directory.Exists(_folder["run/sae"]));

        // Gone on with, it stops at the same step: nothing that is not finite got into the checkpoint.
        Assert.Equal(first, Refused(train, words));
        Assert.Equal(kept, Directory.EnumerateFiles(_folder["run/checkpoints"]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void A_vector_that_is_not_finite_is_named_by_row_and_column_and_nothing_is_left(float bad)
    {
        RandomSource random = new(1, "vectors");
        using Matrix vectors = new(Rows, Width);
        foreach (ref float value in vectors.Span)
        {
            value = (float)random.NextDouble() - 0.3f;
        }

        vectors.Row(2345)[6] = bad;
        NpyWriter.Write(_folder["vectors.npy"], vectors);
        string[] command = ["train", "--activations", _folder["vectors.npy"], "--width", "16", "--l0", "2", "--tokens", "3k", "--batch", "100", "--out", _folder["run"]];
        Refused(command, "vectors.npy", "row 2345 column 6", "expected a finite float32");
        Assert.False(Directory.Exists(_folder["run"]));
    }

    [Fact]
    public void An_SAE_with_a_weight_that_is_not_finite_is_refused_by_the_tensor()
    {
        string text = SampleText.Write(_folder["text.jsonl"], 1);
        string[] place = ["--model", SampleText.Model, "--text", text, "--site", "resid_post", "--layer", "0", "--context", "64"];
        ToolProcess.Run(["train", .. place, "--width", "64", "--l0", "8", "--tokens", "1k", "--batch", "64", "--out", _folder["run"]]).Succeeded();
        string weights = _folder["run/sae/sae_weights.safetensors"];
        byte[] bytes = File.ReadAllBytes(weights);
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - sizeof(float)), float.NaN);
        File.WriteAllBytes(weights, bytes);

        // The run's own checksum finds it first; the SAE by itself is another tool's as much as ours.
        ToolProcess.Run(["eval", "--sae", _folder["run"], .. place, "--out", _folder["eval.json"]]).Refused("damaged", "sae.xxh128");
        ToolProcess.Run(["eval", "--sae", _folder["run/sae"], .. place, "--out", _folder["eval.json"]]).Refused("NaN");
        Assert.False(File.Exists(_folder["eval.json"]));
    }

    private static string Refused(string[] command, params string[] words)
    {
        ToolResult result = ToolProcess.Run(command);
        Assert.True(result.ExitCode == 2, $"exit code {result.ExitCode}: {result.Error}");
        string line = Assert.Single(result.Error.Split('\n'), line => line.StartsWith("saltus: ", StringComparison.Ordinal));
        Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        return line;
    }
}

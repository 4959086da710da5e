using System.Text.Json;
using System.Text.Json.Nodes;
using Saltus.Formats;
using Saltus.Tests.Support;

namespace Saltus.Tests.Formats;

/// <summary>Files of Neuronpedia: those of SAEDashboard read and written again, uploads within their limits, wrong ones refused by name.</summary>
public sealed class NeuronpediaTests : IDisposable
{
    private const string Upload =
        """
        {"modelId": "tiny", "source": "0-res", "features": [{"index": 7, "density": 0.5, "topLogits": [{"token": "a", "value": 1.5}],
          "explanations": [{"text": "cats", "methodName": "m"}],
          "activations": [{"tokens": ["x", "y"], "values": [0, 2], "quantileMin": 0, "quantileMax": 2, "quantileFraction": 1}]}]}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_recorded_batch_is_read_and_written_again_with_the_same_content()
    {
        foreach (string path in Recorded())
        {
            NeuronpediaBatch batch = NeuronpediaBatchReader.Read(path);
            Assert.NotEmpty(batch.Features);
            NeuronpediaBatchWriter.Write(_folder["again.json"], batch);
            JsonNode theirs = JsonNode.Parse(File.ReadAllText(path))!;
            Assert.Equal(Numbers(theirs)!.ToJsonString(), Numbers(JsonNode.Parse(File.ReadAllText(_folder["again.json"]))!)!.ToJsonString());
            byte[] bytes = File.ReadAllBytes(_folder["again.json"]);
            NeuronpediaBatchWriter.Write(_folder["again.json"], NeuronpediaBatchReader.Read(_folder["again.json"]));
            Assert.Equal(bytes, File.ReadAllBytes(_folder["again.json"]));
        }
    }

    [Fact]
    public void A_batch_becomes_uploads_that_the_importer_reads_back()
    {
        foreach (string path in Recorded())
        {
            NeuronpediaBatch batch = NeuronpediaBatchReader.Read(path);
            NeuronpediaUpload upload = Assert.Single(NeuronpediaUpload.Of(batch));
            NeuronpediaUploadFile.Write(_folder["upload.json"], upload);
            NeuronpediaUpload again = NeuronpediaUploadFile.Read(_folder["upload.json"]);
            Assert.Equal(($"{batch.ModelId}", $"{batch.Layer}-{batch.SaeSet}"), (again.ModelId, again.Source));
            Assert.Equal(batch.Features.Select(feature => feature.Index), again.Features.Select(feature => feature.Index));
            Assert.Equal(batch.Features[0].Promoted, again.Features[0].TopLogits);
            Assert.Equal(batch.Features[0].Sequences[^1].Tokens, again.Features[0].Sequences[^1].Tokens);
            Assert.Null(again.Features[0].Sequences[0].QuantileMin);
            Assert.Equal(batch.Features[0].Sequences[^1].BinMax, again.Features[0].Sequences[^1].QuantileMax);
        }

        NeuronpediaFeature feature = NeuronpediaBatchReader.Read(Recorded()[0]).Features[0];
        NeuronpediaBatch many = new("M", 3, "Set", "x", [.. Enumerable.Range(0, 300).Select(i => feature with { Index = i })]);
        NeuronpediaUpload[] uploads = [.. NeuronpediaUpload.Of(many)];
        Assert.Equal([128, 128, 44], uploads.Select(one => one.Features.Count));
        Assert.All(uploads, one => Assert.Equal(("m", "3-set__x"), (one.ModelId, one.Source)));
    }

    [Theory]
    [InlineData("\"modelId\": \"tiny\"", "\"modelId\": \"Tiny\"", "modelId")]
    [InlineData("\"index\": 7", "\"index\": 10000001", "index")]
    [InlineData("\"index\": 7", "\"index\": -1", "index")]
    [InlineData("\"density\": 0.5", "\"density\": 1.5", "density")]
    [InlineData("\"text\": \"cats\"", "\"text\": \"\"", "text")]
    [InlineData("[0, 2]", "[0, 2, 3]", "values")]
    [InlineData("[\"x\", \"y\"]", "[]", "tokens")]
    [InlineData("\"quantileFraction\": 1", "\"quantileFraction\": 2", "quantileFraction")]
    [InlineData("\"value\": 1.5", "\"value\": 1.5, \"rank\": 1", "rank")]
    [InlineData("\"modelId\": \"tiny\", ", "", "modelId")]
    public void What_the_server_would_refuse_is_refused_by_name(string old, string changed, string key)
    {
        File.WriteAllText(_folder["upload.json"], Upload);
        Assert.Equal("cats", NeuronpediaUploadFile.Read(_folder["upload.json"]).Features[0].Explanations[0].Text);
        string text = Upload.Replace(old, changed, StringComparison.Ordinal);
        Assert.NotEqual(Upload, text);
        File.WriteAllText(_folder["upload.json"], text);
        SaeFormatException exception = Assert.Throws<SaeFormatException>(() => NeuronpediaUploadFile.Read(_folder["upload.json"]));
        Assert.Contains($"{key}: expected", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void An_upload_beyond_the_limits_is_not_written()
    {
        NeuronpediaUploadSequence sequence = new([.. Enumerable.Repeat("x", 1025)], [.. Enumerable.Repeat(0.0, 1025)]);
        NeuronpediaUpload upload = new("tiny", "0-res", [new NeuronpediaUploadFeature { Index = 0, Sequences = [sequence] }]);
        Assert.Equal(SaeFormatError.NotExpressible, Assert.Throws<SaeFormatException>(() => NeuronpediaUploadFile.Write(_folder["upload.json"], upload)).Error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("feature_index", "-2", "feature_index")]
    [InlineData("frac_nonzero", "2", "frac_nonzero")]
    [InlineData("neuron_alignment_l1", "[1]", "neuron_alignment_l1")]
    [InlineData("neg_values", "[]", "neg_values")]
    [InlineData("unheard_of", "1", "unheard_of")]
    [InlineData("n_prompts_total", "0", "n_prompts_total")]
    [InlineData("activations", "[{\"bin_min\": 0}]", "tokens")]
    public void A_damaged_batch_is_refused_by_its_key(string key, string value, string expected)
    {
        JsonNode batch = JsonNode.Parse(File.ReadAllText(Recorded()[0]))!;
        batch["features"]![1]![key] = JsonNode.Parse(value);
        File.WriteAllText(_folder["batch-0.json"], batch.ToJsonString());
        SaeFormatException exception = Assert.Throws<SaeFormatException>(() => NeuronpediaBatchReader.Read(_folder["batch-0.json"]));
        Assert.Contains($"{expected}: expected", exception.Message, StringComparison.Ordinal);
    }

    internal static List<string> Recorded()
    {
        List<string> files =
        [
            .. Fixtures.Roots.Select(root => Path.Combine(root, "sae", "neuronpedia")).Where(Directory.Exists)
                .SelectMany(folder => Directory.EnumerateFiles(folder, "*.json")).Where(path => Path.GetFileName(path) != "meta.json").Order(StringComparer.Ordinal),
        ];
        Assert.NotEmpty(files);
        return files;
    }

    /// <summary>Every number as a double, 2 and 2.0 alike; some of theirs lost their rounding to binary sums (0.037759999999999995).</summary>
    private static JsonNode? Numbers(JsonNode? node) => node switch
    {
        JsonObject item => new JsonObject(item.Select(pair => KeyValuePair.Create(pair.Key, Numbers(pair.Value))).OrderBy(pair => pair.Key, StringComparer.Ordinal)),
        JsonArray list => new JsonArray([.. list.Select(Numbers)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => JsonValue.Create(Math.Round(value.GetValue<double>(), 9)),
        _ => node?.DeepClone(),
    };
}

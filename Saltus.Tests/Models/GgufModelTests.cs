using System.Security.Cryptography;
using System.Text.Json;
using Saltus.Evaluation;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Lm.Tokenizers;
using Saltus.Tests.Support;

namespace Saltus.Tests.Models;

public sealed class GgufModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly WorkTeam _team = new(2);

    public void Dispose()
    {
        _team.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_model_of_every_architecture_gives_the_goldens_of_the_folder_it_was_converted_from()
    {
        List<string> failures = [];
        HashSet<string> families = [];
        foreach (string folder in Fixtures.Cases("lm", path => File.Exists(Path.Combine(path, "config.json")) && File.Exists(Path.Combine(path, "golden.safetensors"))))
        {
            ModelConfiguration configuration = ModelConfiguration.Read(Path.Combine(folder, "config.json"));
            if (!GgufConversion.IsPossible(configuration))
            {
                continue;
            }

            families.Add(configuration.Family);
            string path = _folder[$"{families.Count}.gguf"];
            GgufConversion.Write(folder, configuration, path);
            using LanguageModel model = LanguageModel.Load(path);
            Assert.True(Math.Abs(model.Configuration.Epsilon - configuration.Epsilon) <= 1e-6 * configuration.Epsilon, folder);
            IReadOnlyList<TensorComparison> comparisons = LanguageModelVerification.Compare(_team, model, Path.Combine(folder, "golden.safetensors"));
            Assert.True(comparisons.Any(comparison => comparison is { Name: "logits", Status: ComparisonStatus.Within }), $"{folder}: {string.Join(", ", comparisons)}");
            failures.AddRange(comparisons.Where(comparison => comparison.Status == ComparisonStatus.Beyond).Select(comparison => $"{folder}: {comparison.Name} off by {comparison.MaxError}"));
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.True(families.Count >= 3, $"only {string.Join(", ", families)} were converted");
    }

    [Fact]
    public void SmolLM2_is_widened_to_the_bits_of_the_reference()
    {
        if (FindSmolLm() is not string folder)
        {
            Assert.Skip("no smollm2-135m-instruct-q4_1 under models: not beside the repository, nor beside the root that SALTUS_FIXTURES names");
            return;
        }

        using GgufFile file = GgufFile.Open(Directory.GetFiles(folder, "*.gguf")[0]);
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "tensors.json")));
        int compared = 0;
        foreach (JsonProperty property in golden.RootElement.EnumerateObject())
        {
            TensorInfo tensor = file.Require(property.Name);
            Assert.Equal(property.Value.GetProperty("type").GetString(), tensor.Dtype.Name());
            Assert.Equal(property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), tensor.Shape);
            float[] values = file.ReadFloat32(tensor);
            string found = Convert.ToHexStringLower(SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan())));
            Assert.True(property.Value.GetProperty("sha256").GetString() == found, property.Name);
            compared++;
        }

        Assert.True(compared > 10);
    }

    [Fact]
    public void The_tokenizer_of_SmolLM2_in_its_GGUF_gives_the_reference_cases()
    {
        string? cases = Fixtures.Roots.Select(root => Path.Combine(root, "tokenizers", "smollm2", "cases.jsonl")).FirstOrDefault(File.Exists);
        if (FindSmolLm() is not string folder || cases is null)
        {
            Assert.Skip("no smollm2-135m-instruct-q4_1 under models, or no reference cases");
            return;
        }

        var tokenizer = Tokenizer.Load(Directory.GetFiles(folder, "*.gguf")[0]);
        TokenizerVerification result = TokenizerVerification.Run(tokenizer, cases);
        Assert.True(result.Failed == 0, string.Join('\n', result.Mismatches.Take(5)));
        Assert.Null(tokenizer.BosId);
        Assert.Equal(2, tokenizer.EosId);
    }

    [Fact]
    public void What_cannot_be_run_is_refused_by_name()
    {
        Refused<ModelException>("'bert'", new GgufBuilder().Add("general.architecture", "bert"));
        Refused<GgufFormatException>("token_embd.weight", new GgufBuilder().Add("general.architecture", "llama"));
        Refused<GgufFormatException>("llama.embedding_length", Base());
        Refused<ModelException>("expert_count", SmallGguf.Model().Add("llama.expert_count", 8u));
        Refused<ModelException>("split.count", SmallGguf.Model().Add("split.count", 2u));
        Refused<ModelException>("rope.scaling.type", SmallGguf.Model().Add("llama.rope.scaling.type", "longrope"));
        Refused<ModelException>("rope.magic", SmallGguf.Model().Add("llama.rope.magic", 2f));
        Refused<ModelException>("'stranger.weight'", SmallGguf.Model().AddTensor("stranger.weight", [1], [1]));
        File.WriteAllText(_folder["pytorch_model.bin"], "x");
        Assert.Equal(ModelError.UnsupportedWeights, Assert.Throws<ModelException>(() => LanguageModel.Load(_folder["pytorch_model.bin"])).Error);
    }

    [Fact]
    public void An_unknown_key_is_a_line_of_warning_and_version_2_is_read()
    {
        string path = _folder["two.gguf"];
        File.WriteAllBytes(path, SmallGguf.Model().Add("llama.colour", "blue").Build(version: 2));
        using LanguageModel model = LanguageModel.Load(path);
        Assert.Contains("llama.colour", Assert.Single(model.Configuration.Warnings), StringComparison.Ordinal);
    }

    private static string? FindSmolLm() => Fixtures.Roots.Skip(1).Select(root => Path.Combine(root, ".."))
        .Prepend(Fixtures.Repository).Append(Path.Combine(Fixtures.Repository, "..", "shared"))
        .Select(root => Path.Combine(root, "models", "smollm2-135m-instruct-q4_1"))
        .FirstOrDefault(folder => Directory.Exists(folder) && Directory.GetFiles(folder, "*.gguf").Length == 1);

    private static GgufBuilder Base() => new GgufBuilder().Add("general.architecture", "llama").AddTensor("token_embd.weight", [4, 8], new float[32]);

    private void Refused<T>(string words, GgufBuilder builder)
        where T : InputException
    {
        string path = _folder["refused.gguf"];
        builder.Write(path);
        T exception = Assert.Throws<T>(() => LanguageModel.Load(path));
        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
    }
}

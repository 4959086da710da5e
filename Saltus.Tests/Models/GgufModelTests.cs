using System.Security.Cryptography;
using System.Text.Json;
using Saltus.Evaluation;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Lm.Tokenizers;
using Saltus.Tensors;
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
        string llama = Fixtures.Cases("lm", path => Path.GetFileName(path) == "llama")[0];
        Refused<ModelException>("'bert'", new GgufBuilder().Add("general.architecture", "bert"));
        Refused<GgufFormatException>("token_embd.weight", new GgufBuilder().Add("general.architecture", "llama"));
        Refused<GgufFormatException>("llama.embedding_length", Base());
        Refused<ModelException>("expert_count", Sound(llama).Add("llama.expert_count", 8u));
        Refused<ModelException>("split.count", Sound(llama).Add("split.count", 2u));
        Refused<ModelException>("rope.scaling.type", Sound(llama).Add("llama.rope.scaling.type", "longrope"));
        Refused<ModelException>("rope.magic", Sound(llama).Add("llama.rope.magic", 2f));
        Refused<ModelException>("'stranger.weight'", Sound(llama).AddTensor("stranger.weight", [1], [1]));
        File.WriteAllText(_folder["pytorch_model.bin"], "x");
        Assert.Equal(ModelError.UnsupportedWeights, Assert.Throws<ModelException>(() => LanguageModel.Load(_folder["pytorch_model.bin"])).Error);
    }

    [Fact]
    public void An_unknown_key_is_a_line_of_warning_and_version_2_is_read()
    {
        string llama = Fixtures.Cases("lm", path => Path.GetFileName(path) == "llama")[0];
        string path = _folder["two.gguf"];
        File.WriteAllBytes(path, Sound(llama).Add("llama.colour", "blue").Build(version: 2));
        using LanguageModel model = LanguageModel.Load(path);
        Assert.Contains("llama.colour", Assert.Single(model.Configuration.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_model_is_refused_by_name_or_runs()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("SALTUS_GGUF_FUZZ"), out int asked) ? asked : 2000;
        var random = new RandomSource(8, "gguf mutations");
        byte[][] seeds = [.. Seeds()];
        Assert.All(seeds, seed => Assert.InRange(seed.Length, 1, 16 << 10));
        string path = _folder["mutated.gguf"];
        TokenBatch batch = new([[1, 2, 3]]);
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] bytes = [.. seeds[i % seeds.Length]];
            for (int changes = 1 + random.NextInt(3); changes > 0; changes--)
            {
                Mutate(ref bytes, random);
            }

            File.WriteAllBytes(path, bytes);
            try
            {
                using (LanguageModel model = LanguageModel.Load(path))
                {
                    model.Run(_team, batch, ModelRun.Empty);
                }

                List<int> ids = [];
                Tokenizer.Load(path).EncodeIds("ab a1\u00E9 <s>\u4E00b", ids);
            }
            catch (InputException exception)
            {
                refused++;
                Assert.DoesNotContain('\n', exception.Message);
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"mutation {i}: {exception}");
            }
        }

        Assert.True(refused > count / 4, $"{refused} of {count} refused");
    }

    private static string? FindSmolLm() => Fixtures.Roots.Skip(1).Select(root => Path.Combine(root, ".."))
        .Prepend(Fixtures.Repository).Append(Path.Combine(Fixtures.Repository, "..", "shared"))
        .Select(root => Path.Combine(root, "models", "smollm2-135m-instruct-q4_1"))
        .FirstOrDefault(folder => Directory.Exists(folder) && Directory.GetFiles(folder, "*.gguf").Length == 1);

    private static GgufBuilder Base() => new GgufBuilder().Add("general.architecture", "llama").AddTensor("token_embd.weight", [4, 8], new float[32]);

    // A model of one block, small enough that its header is most of it.
    private static GgufBuilder Small()
    {
        const int Width = 8;
        const int Vocabulary = 12;
        var random = new RandomSource(8, "small gguf");
        float[] Random(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble() - 0.5f)];
        string[] tokens = ["<u>", "<s>", "a", "b", "ab", "\u2581", "\u2581a", "\u00E9", "c", "d", "e", "f"];
        int[] types = [2, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
        return new GgufBuilder().Add("general.architecture", "llama").Add("llama.block_count", 1u).Add("llama.embedding_length", (uint)Width)
            .Add("llama.feed_forward_length", 8u).Add("llama.context_length", 64u).Add("llama.attention.head_count", 2u).Add("llama.attention.head_count_kv", 1u)
            .Add("llama.attention.layer_norm_rms_epsilon", 1e-5f).Add("llama.rope.freq_base", 10000f)
            .Add("tokenizer.ggml.model", "llama").Add("tokenizer.ggml.tokens", tokens).Add("tokenizer.ggml.scores", Random(Vocabulary)).Add("tokenizer.ggml.token_type", types)
            .Add("tokenizer.ggml.bos_token_id", 1u).Add("tokenizer.ggml.add_bos_token", true)
            .AddTensor("token_embd.weight", [Width, Vocabulary], Random(Width * Vocabulary)).AddTensor("output_norm.weight", [Width], Random(Width))
            .AddTensor("blk.0.attn_norm.weight", [Width], Random(Width)).AddTensor("blk.0.ffn_norm.weight", [Width], Random(Width))
            .AddTensor("blk.0.attn_q.weight", [Width, 8], Random(Width * 8)).AddTensor("blk.0.attn_k.weight", [Width, 4], Random(Width * 4))
            .AddTensor("blk.0.attn_v.weight", [Width, 4], Random(Width * 4)).AddTensor("blk.0.attn_output.weight", [8, Width], Random(Width * 8))
            .AddTensor("blk.0.ffn_gate.weight", [Width, 8], Random(Width * 8)).AddTensor("blk.0.ffn_up.weight", [Width, 8], Random(Width * 8))
            .AddTensor("blk.0.ffn_down.weight", [8, Width], Random(Width * 8));
    }

    private static GgufBuilder Sound(string folder) => Directory.Exists(folder) ? Small() : throw new InvalidOperationException(folder);

    private static IEnumerable<byte[]> Seeds()
    {
        yield return Small().Build();
        yield return Small().Add("llama.rope.scaling.type", "yarn").Add("llama.rope.scaling.factor", 2f).Build(version: 2);
        yield return File.ReadAllBytes(Path.Combine(Fixtures.Roots[0], "gguf", "metadata.gguf"));
    }

    private static void Mutate(ref byte[] bytes, RandomSource random)
    {
        int at = random.NextInt(random.NextInt(3) == 0 ? bytes.Length : Math.Min(bytes.Length, 1600));
        switch (random.NextInt(5))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.NextInt(8));
                break;
            case 1:
                bytes[at] = (byte)random.NextInt(256);
                break;
            case 2:
                bytes = bytes[..Math.Max(1, at)];
                break;
            case 3:
                // Lengths and counts of every size.
                ulong large = ulong.MaxValue >> random.NextInt(64);
                for (int i = 0; i < sizeof(ulong) && at + i < bytes.Length; i++)
                {
                    bytes[at + i] = (byte)(large >> (8 * i));
                }

                break;
            default:
                List<byte> changed = [.. bytes];
                changed.InsertRange(at, bytes.AsSpan(at, Math.Min(1 + random.NextInt(40), bytes.Length - at)));
                bytes = [.. changed];
                break;
        }
    }

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

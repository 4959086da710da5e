using System.Text.Json.Nodes;
using Saltus.Autoencoders;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Formats;

/// <summary>Every recorded SAE into every format: written and equal, or refused; in its own format the recorded files again.</summary>
public sealed class SaeWriterTests
{
    /// <summary>Float32 on both sides: where one bias was summed otherwise a latent at its threshold can fall on the other side.</summary>
    private const double ChangedShare = 0.002;

    private static readonly string[] s_formats = ["saelens", "gemma-scope", "dictionary-learning", "sparsify"];

    [Fact]
    public void Every_case_becomes_every_format_that_can_express_it_and_is_refused_by_the_others()
    {
        Assert.Equal(s_formats, SaeWriter.Formats);
        using WorkTeam team = new(2);
        int written = 0, refused = 0;
        List<string> failures = [];
        ForEach((name, folder, loaded) =>
        {
            foreach (string format in s_formats)
            {
                using TemporaryFolder temporary = new();
                bool expected = CanExpress(loaded.Sae, format);
                try
                {
                    IReadOnlyList<string> notes = SaeWriter.Write(team, temporary["a"], loaded, format);
                    SaeWriter.Write(team, temporary["b"], loaded, format);
                    if (!expected)
                    {
                        failures.Add($"{name} to {format}: written, and was to be refused");
                    }

                    Assert.Contains(notes, note => note.StartsWith("probe of 64 vectors", StringComparison.Ordinal));
                    Assert.Equal(Contents(temporary["a"]), Contents(temporary["b"]));
                    Same($"{name} to {format}", team, folder, loaded.Sae, temporary["a"]);
                    written++;
                }
                catch (SaeFormatException exception)
                {
                    if (expected || exception.Error != SaeFormatError.NotExpressible)
                    {
                        failures.Add($"{name} to {format}: {exception.Message}");
                    }

                    Assert.Empty(Directory.EnumerateFileSystemEntries(temporary.Path));
                    refused++;
                }
            }
        });
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.True(written > 0 && refused > 0);
    }

    [Fact]
    public void SAELens_folders_are_written_again_byte_by_byte()
    {
        using WorkTeam team = new(1);
        int compared = 0;
        ForEach((name, folder, loaded) =>
        {
            string path = Path.Combine(folder, SaeLensReader.ConfigName);
            if (loaded.Sae.Metadata.SourceFormat != "saelens" || !File.Exists(path))
            {
                return;
            }

            // Checkpoints become what is saved of them for inference, older layouts version 6.
            JsonObject config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
            if (config.ContainsKey("decoder_init_norm") || !config.ContainsKey("metadata"))
            {
                return;
            }

            using TemporaryFolder temporary = new();
            TensorDtype dtype = (string?)config["dtype"] switch { "float16" => TensorDtype.F16, "bfloat16" => TensorDtype.BF16, _ => TensorDtype.F32 };
            SaeWriter.Write(team, temporary["a"], loaded, "saelens", dtype);
            JsonObject again = JsonNode.Parse(File.ReadAllText(temporary[$"a/{SaeLensReader.ConfigName}"]))!.AsObject();
            if ((string?)config["normalize_activations"] == "expected_average_only_in")
            {
                // It does nothing when loaded from disk, and is written as what it does.
                config["normalize_activations"] = "none";
            }

            Assert.True(JsonNode.DeepEquals(config, again), $"{name}: {again.ToJsonString()}");
            Bytes(name, Path.Combine(folder, SaeLensReader.WeightsName), temporary[$"a/{SaeLensReader.WeightsName}"]);
            compared++;
        });
        Assert.True(compared > 5, $"{compared} folders");
    }

    [Fact]
    public void Checkpoints_of_SAELens_become_what_SAELens_saves_of_them_for_inference()
    {
        using WorkTeam team = new(1);
        int equal = 0, folded = 0;
        foreach (string inference in Fixtures.Cases("sae/saelens", folder => Path.GetFileName(folder) == "inference" && SaeGolden.IsCase(folder), recursive: true))
        {
            string checkpoint = Path.Combine(Path.GetDirectoryName(inference)!, "checkpoint");
            LoadedSae loaded = SaeReader.Read(checkpoint, new SaeHints { ForInference = true });
            using SparseCoder sae = loaded.Sae;
            string configPath = Path.Combine(inference, SaeLensReader.ConfigName);
            JsonObject config = JsonNode.Parse(File.ReadAllText(configPath))!.AsObject();
            TensorDtype dtype = (string?)config["dtype"] switch { "float16" => TensorDtype.F16, "bfloat16" => TensorDtype.BF16, _ => TensorDtype.F32 };
            using TemporaryFolder temporary = new();
            SaeWriter.Write(team, temporary["a"], loaded, "saelens", dtype);
            bool isWhitened = File.Exists(Path.Combine(checkpoint, "activation_whitening.safetensors"));
            if (isWhitened && (string?)config["architecture"] == "gated")
            {
                // The gates are folded before the whitening is: a JumpReLU that computes the same, which the fixture test holds.
                continue;
            }

            string weights = temporary[$"a/{SaeLensReader.WeightsName}"], theirs = Path.Combine(inference, SaeLensReader.WeightsName);
            Assert.True(JsonNode.DeepEquals(config, JsonNode.Parse(File.ReadAllText(temporary[$"a/{SaeLensReader.ConfigName}"]))), inference);
            Bytes(inference, Path.Combine(inference, "sparsity.safetensors"), temporary["a/sparsity.safetensors"]);
            if (File.ReadAllBytes(theirs).AsSpan().SequenceEqual(File.ReadAllBytes(weights)))
            {
                equal++;
                continue;
            }

            Assert.True(isWhitened || loaded.FoldedDecoderNorms.Count > 0 || loaded.Notes.Any(note => note.StartsWith("inputs are multiplied", StringComparison.Ordinal)), inference);
            CloseTensors(inference, theirs, weights, dtype);
            folded++;
        }

        Assert.True(equal > 0 && folded > 0, $"{equal} equal, {folded} folded");
    }

    [Fact]
    public void Sparsify_folders_are_written_again_byte_by_byte()
    {
        using WorkTeam team = new(1);
        int compared = 0;
        ForEach((name, folder, loaded) =>
        {
            string weights = Path.Combine(folder, "sae.safetensors");
            if (loaded.Sae.Metadata.SourceFormat != "sparsify" || !File.Exists(weights))
            {
                return;
            }

            using TemporaryFolder temporary = new();
            SaeWriter.Write(team, temporary["a"], loaded, "sparsify", DtypeOf(weights));
            Bytes(name, weights, temporary["a/sae.safetensors"]);
            JsonNode theirs = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "cfg.json")))!;
            Assert.True(JsonNode.DeepEquals(theirs, JsonNode.Parse(File.ReadAllText(temporary["a/cfg.json"]))), name);
            compared++;
        });
        Assert.True(compared > 5, $"{compared} folders");
    }

    [Fact]
    public void Gemma_Scope_files_are_written_again_with_equal_arrays()
    {
        using WorkTeam team = new(1);
        int compared = 0;
        ForEach((name, folder, loaded) =>
        {
            // An embedding SAE's scale is in its folder's name: it is folded, and stays so.
            if (loaded.Sae.Metadata.SourceFormat != "gemma_scope" || name.Contains("embedding", StringComparison.Ordinal))
            {
                return;
            }

            using TemporaryFolder temporary = new();
            using NpzFile theirs = NpzFile.Open(Directory.EnumerateFiles(folder, "*.npz", SearchOption.AllDirectories).Single());
            SaeWriter.Write(team, temporary["a"], loaded, "gemma-scope", theirs.Tensors[0].Dtype);
            using NpzFile ours = NpzFile.Open(temporary["a/params.npz"]);
            foreach (TensorInfo tensor in theirs.Tensors.Where(tensor => tensor.Name != "scaling_factor"))
            {
                TensorInfo again = ours.Tensors.Single(other => other.Name.Equals(tensor.Name, StringComparison.OrdinalIgnoreCase));
                Assert.Equal((tensor.Dtype, tensor.Description), (again.Dtype, again.Description));
                Assert.Equal(theirs.ReadFloat32(tensor), ours.ReadFloat32(again));
            }

            compared++;
        });
        Assert.True(compared > 3, $"{compared} files");
    }

    [Fact]
    public void Dictionary_learning_folders_are_written_again_with_equal_tensors()
    {
        using WorkTeam team = new(1);
        int compared = 0;
        ForEach((name, folder, loaded) =>
        {
            string path = Path.Combine(folder, "ae.pt");
            string configPath = Path.Combine(folder, "config.json");

            // The older ReLU class is made unit and the gated one folded when they are read; a checkpoint holds more than weights.
            if (loaded.Sae.Metadata.SourceFormat != "dictionary_learning" || !File.Exists(configPath) || loaded.Notes.Any(note => note.Contains("folded, decoder rows", StringComparison.Ordinal)
                || note.Contains("gated", StringComparison.Ordinal) || note.StartsWith("a checkpoint", StringComparison.Ordinal)))
            {
                return;
            }

            using TemporaryFolder temporary = new();
            using TorchFile theirs = TorchFile.Open(path);
            TensorDtype dtype = theirs.Tensors.First(tensor => tensor.Name.StartsWith("enc", StringComparison.Ordinal) || tensor.Name == "W_enc").Dtype;
            SaeWriter.Write(team, temporary["a"], loaded, "dictionary-learning", dtype);
            using TorchFile ours = TorchFile.Open(temporary["a/ae.pt"]);
            Assert.Equal(theirs.Tensors.Select(tensor => $"{tensor.Name} {tensor.Description}"), ours.Tensors.Select(tensor => $"{tensor.Name} {tensor.Description}"));
            foreach (TensorInfo tensor in theirs.Tensors)
            {
                if (tensor.Dtype.IsInteger())
                {
                    Assert.Equal(theirs.ReadInt64(tensor.Name), ours.ReadInt64(tensor.Name));
                }
                else
                {
                    Assert.True(theirs.ReadFloat32(tensor).AsSpan().SequenceEqual(ours.ReadFloat32(tensor.Name)), $"{name}: {tensor.Name}");
                }
            }

            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(File.ReadAllText(configPath)), JsonNode.Parse(File.ReadAllText(temporary["a/config.json"]))), name);
            compared++;
        });
        Assert.True(compared > 3, $"{compared} folders");
    }

    [Fact]
    public void Numbers_beyond_the_type_are_refused_and_nothing_is_left()
    {
        using WorkTeam team = new(1);
        using TemporaryFolder temporary = new();
        Matrix encoder = Matrix.FromRows(2, 2, [1e6f, 0, 0, 1]);
        using SparseAutoencoder sae = new(encoder, [0, 0], Matrix.FromRows(2, 2, [1, 0, 0, 1]), [0, 0], new JumpReluActivation([0.5f, 0.5f]));
        SaeFormatException exception = Assert.Throws<SaeFormatException>(() => SaeWriter.Write(team, temporary["a"], new LoadedSae(sae, []), "saelens", TensorDtype.F16));
        Assert.Equal(SaeFormatError.NotExpressible, exception.Error);
        Assert.Contains("F16", exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary.Path));
        SaeWriter.Write(team, temporary["a"], new LoadedSae(sae, []), "saelens", TensorDtype.BF16);
    }

    private static void ForEach(Action<string, string, LoadedSae> check)
    {
        foreach (string folder in Fixtures.Cases("sae", SaeGolden.IsCase, recursive: true).Where(folder => !File.Exists(Path.Combine(folder, "metrics.json"))))
        {
            LoadedSae loaded = SaeReader.Read(folder, SaeHints.FromMeta(Path.Combine(folder, "meta.json")) with { ForInference = true });
            using (loaded.Sae)
            {
                string root = Fixtures.Roots.First(root => folder.StartsWith(root, StringComparison.Ordinal));
                check(Path.GetRelativePath(Path.Combine(root, "sae"), folder), folder, loaded);
            }
        }
    }

    private static bool CanExpress(SparseCoder coder, string format)
    {
        if (coder is not SparseAutoencoder sae)
        {
            return format == "saelens";
        }

        bool hasThresholds = sae.Activation is JumpReluActivation;
        bool isTopK = sae.Activation is TopKActivation { Relu: not TopKRelu.None };
        bool isTranscoder = !sae.UndoesTransform || sae.SkipWeights is not null || sae.OutputWidth != sae.InputWidth || sae.Metadata.OutputHookName is not null;
        bool isPlain = sae.Transform == InputTransform.None;
        return format switch
        {
            "saelens" => (hasThresholds || (!isTranscoder && (isTopK || sae.Activation is AbsTopKActivation)))
                && (isPlain || (sae.Transform != InputTransform.LayerNormExact && sae.UndoesTransform != isTranscoder)),
            "gemma-scope" => hasThresholds && isPlain && sae.SkipWeights is null,
            "dictionary-learning" => (hasThresholds || isTopK) && isPlain && !isTranscoder,
            "sparsify" => (isTopK || sae.Activation is GroupMaxActivation) && isPlain,
            _ => throw new ArgumentException(format, nameof(format)),
        };
    }

    private static void Same(string what, WorkTeam team, string folder, SparseCoder original, string converted)
    {
        using SparseCoder again = SaeReader.Read(converted).Sae;
        using SaeGolden golden = new(folder);
        using Matrix x = golden.ReadVectors(original.InputWidth);
        SparseActivations a = original.Encode(team, x), b = again.Encode(team, x);
        HashSet<(int, int)> first = Active(a), second = Active(b);
        int changed = first.Except(second).Count() + second.Except(first).Count();
        Assert.True(changed <= ChangedShare * Math.Max(1, first.Count), $"{what}: {changed} of {first.Count} active latents changed");
    }

    private static HashSet<(int Row, int Latent)> Active(SparseActivations activations)
    {
        HashSet<(int, int)> result = [];
        for (int row = 0; row < activations.Rows; row++)
        {
            for (int i = 0; i < activations.LatentsOf(row).Length; i++)
            {
                if (activations.ValuesOf(row)[i] != 0)
                {
                    result.Add((row, activations.LatentsOf(row)[i]));
                }
            }
        }

        return result;
    }

    private static TensorDtype DtypeOf(string weights)
    {
        using SafetensorsFile file = SafetensorsFile.Open(weights);
        return file.Tensors[0].Dtype;
    }

    /// <summary>
    /// Equal in names, types and shapes; values by two units in the last place of the largest: a norm is a sum in another order, whitening a product in double,
    /// and training in bfloat16 rounds the norm to it too.
    /// </summary>
    private static void CloseTensors(string what, string theirs, string ours, TensorDtype dtype)
    {
        double unit = Math.Pow(2, dtype == TensorDtype.BF16 ? -8 : -23);
        using SafetensorsFile a = SafetensorsFile.Open(theirs);
        using SafetensorsFile b = SafetensorsFile.Open(ours);
        Assert.Equal(a.Tensors.Select(tensor => $"{tensor.Name} {tensor.Description}"), b.Tensors.Select(tensor => $"{tensor.Name} {tensor.Description}"));
        foreach (TensorInfo tensor in a.Tensors)
        {
            float[] expected = a.ReadFloat32(tensor), found = b.ReadFloat32(tensor.Name);
            double largest = expected.Max(Math.Abs), apart = expected.Zip(found, (x, y) => Math.Abs((double)x - y)).Max();
            TestContext.Current.SendDiagnosticMessage($"{what}: {tensor.Name}: {apart / largest / unit:F2} units");
            Assert.True(apart <= 2 * unit * largest, $"{what}: {tensor.Name}: {apart} of {largest}");
        }
    }

    private static void Bytes(string what, string theirs, string ours) => Assert.True(File.ReadAllBytes(theirs).AsSpan().SequenceEqual(File.ReadAllBytes(ours)), what);

    private static string[] Contents(string folder) =>
        [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(path => $"{Path.GetFileName(path)} {Convert.ToHexString(System.IO.Hashing.XxHash128.Hash(File.ReadAllBytes(path)))}")];
}

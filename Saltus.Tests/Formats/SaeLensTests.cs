using System.Text.Json.Nodes;
using Saltus.Autoencoders;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Formats;

public class SaeLensTests
{
    [Fact]
    public void What_is_written_is_read_back_bit_for_bit_and_equal_content_gives_equal_bytes()
    {
        using WorkTeam team = new(1);
        ForEach((folder, loaded) =>
        {
            using TemporaryFolder temporary = new();
            SaeLensWriter.Write(temporary["a"], loaded.Autoencoder);
            LoadedSae again = SaeLensReader.Read(temporary["a"]);
            using SparseAutoencoder sae = again.Autoencoder;
            SaeLensWriter.Write(temporary["b"], sae);
            foreach (string name in new[] { SaeLensReader.ConfigName, SaeLensReader.WeightsName })
            {
                Assert.Equal(File.ReadAllBytes(temporary[$"a/{name}"]), File.ReadAllBytes(temporary[$"b/{name}"]));
            }

            using SaeGolden golden = new(folder);
            using Matrix x = golden.ReadVectors(sae.InputWidth);
            using Matrix before = new(x.Rows, sae.OutputWidth);
            using Matrix after = new(x.Rows, sae.OutputWidth);
            SparseActivations first = loaded.Sae.Forward(team, x, before);
            SparseActivations second = sae.Forward(team, x, after);
            Assert.Equal(first.Latent, second.Latent);
            Assert.Equal(before.Span, after.Span);
            Assert.Equal(loaded.Sae.Metadata, sae.Metadata);
        });
    }

    [Fact]
    public void A_jumprelu_folder_without_folding_is_written_with_the_keys_and_tensors_of_the_peer()
    {
        int compared = 0;
        ForEach((folder, loaded) =>
        {
            JsonObject config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, SaeLensReader.ConfigName)))!.AsObject();
            if ((string?)config["architecture"] != "jumprelu" || (bool?)config["apply_b_dec_to_input"] != false || (string?)config["dtype"] != "float32" || !config.ContainsKey("metadata"))
            {
                return;
            }

            using TemporaryFolder temporary = new();
            SaeLensWriter.Write(temporary["a"], loaded.Autoencoder, new double[loaded.Sae.Latents]);
            JsonObject written = JsonNode.Parse(File.ReadAllText(temporary[$"a/{SaeLensReader.ConfigName}"]))!.AsObject();
            Assert.True(JsonNode.DeepEquals(config, written), written.ToJsonString());
            Assert.Equal(config.Select(entry => entry.Key), written.Select(entry => entry.Key));
            using SafetensorsFile theirs = SafetensorsFile.Open(Path.Combine(folder, SaeLensReader.WeightsName));
            using SafetensorsFile ours = SafetensorsFile.Open(temporary[$"a/{SaeLensReader.WeightsName}"]);
            Assert.Equal(theirs.Tensors.Select(tensor => tensor.ToString()), ours.Tensors.Select(tensor => tensor.ToString()));
            Assert.All(theirs.Tensors, tensor => Assert.Equal(theirs.ReadFloat32(tensor), ours.ReadFloat32(tensor.Name)));
            using SafetensorsFile sparsity = SafetensorsFile.Open(temporary["a/sparsity.safetensors"]);
            Assert.All(sparsity.ReadFloat32("sparsity"), value => Assert.Equal(-10f, value));
            compared++;
        });
        Assert.True(compared > 0);
    }

    [Theory]
    [InlineData(SaeFormatError.ArchitectureUnknown, "architecture", "\"vanilla\"")]
    [InlineData(SaeFormatError.ConfigInvalid, "architecture", "\"temporal\"")]
    [InlineData(SaeFormatError.TensorUnknown, "architecture", "\"matching_pursuit\"")]
    [InlineData(SaeFormatError.TensorMissing, "architecture", "\"batchtopk\"")]
    [InlineData(SaeFormatError.CheckpointUnsupported, "normalize_activations", "\"covariance_whitening\"")]
    [InlineData(SaeFormatError.NormalizationUnsupported, "normalize_activations", "\"constant_scalar_rescale\"")]
    [InlineData(SaeFormatError.ConfigInvalid, "normalize_activations", "3")]
    [InlineData(SaeFormatError.ConfigInvalid, "reshape_activations", "\"hook_q\"")]
    [InlineData(SaeFormatError.ConfigInvalid, "architecture", "null")]
    [InlineData(SaeFormatError.ConfigInvalid, "d_in", "0")]
    [InlineData(SaeFormatError.ConfigInvalid, "d_sae", "2.5")]
    [InlineData(SaeFormatError.ConfigInvalid, "metadata", "[]")]
    [InlineData(SaeFormatError.TensorShape, "d_in", "3")]
    [InlineData(SaeFormatError.TensorShape, "d_sae", "5")]
    [InlineData(SaeFormatError.TensorUnknown, "architecture", "\"standard\"")]
    [InlineData(SaeFormatError.TensorMissing, "architecture", "\"gated\"")]
    [InlineData(SaeFormatError.TensorMissing, "architecture", "\"jumprelu_skip_transcoder\"")]
    public void A_configuration_that_does_not_fit_is_refused_by_name(SaeFormatError error, string key, string value)
    {
        using TemporaryFolder folder = new();
        Write(folder);
        string path = folder[$"sae/{SaeLensReader.ConfigName}"];
        JsonNode config = JsonNode.Parse(File.ReadAllText(path))!;
        config[key] = JsonNode.Parse(value);
        File.WriteAllText(path, config.ToJsonString());
        SaeFormatException exception = Assert.Throws<SaeFormatException>(() => SaeLensReader.Read(folder["sae"]));
        Assert.Equal(error, exception.Error);
        Assert.Contains(folder["sae"], exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void A_transcoder_that_subtracts_its_bias_and_a_k_beyond_the_latents_are_refused()
    {
        using TemporaryFolder folder = new();
        Write(folder);
        string path = folder[$"sae/{SaeLensReader.ConfigName}"];
        JsonNode config = JsonNode.Parse(File.ReadAllText(path))!;
        config["architecture"] = "jumprelu_transcoder";
        config["apply_b_dec_to_input"] = true;
        File.WriteAllText(path, config.ToJsonString());
        Assert.Contains("apply_b_dec_to_input", Assert.Throws<SaeFormatException>(() => SaeLensReader.Read(folder["sae"])).Message);
        config["architecture"] = "topk";
        config["k"] = 5;
        File.WriteAllText(path, config.ToJsonString());
        Assert.Contains("k: expected at most d_sae, which is 4, found 5", Assert.Throws<SaeFormatException>(() => SaeLensReader.Read(folder["sae"])).Message);
        Directory.Delete(folder["sae"], recursive: true);
        Assert.Equal(SaeFormatError.FileMissing, Assert.Throws<SaeFormatException>(() => SaeLensReader.Read(folder["sae"])).Error);
    }

    [Fact]
    public void A_scaling_factor_that_does_something_is_refused()
    {
        using TemporaryFolder folder = new();
        Write(folder);
        string path = folder[$"sae/{SaeLensReader.WeightsName}"];
        SafetensorsWriter writer = new();
        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            foreach (TensorInfo tensor in file.Tensors)
            {
                writer.Add(tensor.Name, tensor.Dtype, tensor.Shape.ToArray(), (first, destination) => file.ReadFloat32(tensor, first, destination));
            }

            writer.Add("scaling_factor", new float[] { 1, 1, 2, 1 }).Write(path);
        }

        Assert.Equal(SaeFormatError.TensorValue, Assert.Throws<SaeFormatException>(() => SaeLensReader.Read(folder["sae"])).Error);
    }

    [Fact]
    public void What_the_format_cannot_say_is_not_written()
    {
        using TemporaryFolder folder = new();
        using SparseAutoencoder group = new(new Matrix(4, 2), new float[4], new Matrix(4, 2), new float[2], new GroupMaxActivation(2));
        using SparseAutoencoder negative = new(new Matrix(4, 2), new float[4], new Matrix(4, 2), new float[2], new TopKActivation(2, TopKRelu.None));
        using SparseAutoencoder transcoder = new(new Matrix(4, 2), new float[4], new Matrix(4, 3), new float[3], new TopKActivation(2, TopKRelu.After)) { UndoesTransform = false };
        using SparseAutoencoder exact = new(new Matrix(4, 2), new float[4], new Matrix(4, 2), new float[2], new JumpReluActivation(new float[4])) { Transform = InputTransform.LayerNormExact };
        foreach (SparseAutoencoder sae in new[] { group, negative, transcoder, exact })
        {
            Assert.Equal(SaeFormatError.NotExpressible, Assert.Throws<SaeFormatException>(() => SaeLensWriter.Write(folder["sae"], sae)).Error);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Metadata_is_kept()
    {
        SaeMetadata metadata = new()
        {
            ModelName = "m",
            HookName = "blocks.1.attn.hook_z",
            OutputHookName = "blocks.1.hook_attn_out",
            ContextSize = 256,
            PrependBos = true,
            Dataset = "text",
            TrainingMethod = "batchtopk",
            SourceFormat = "saelens",
        };
        using TemporaryFolder folder = new();
        using SparseAutoencoder sae = new(new Matrix(4, 2), new float[4], new Matrix(4, 2), new float[2], new JumpReluActivation(new float[4]))
        {
            Metadata = metadata,
            UndoesTransform = false,
        };
        SaeLensWriter.Write(folder["sae"], sae);
        LoadedSae loaded = SaeLensReader.Read(folder["sae"]);
        Assert.Equal(metadata, loaded.Sae.Metadata);
        Assert.Contains(loaded.Notes, note => note.Contains("heads are concatenated"));
        loaded.Sae.Dispose();
    }

    [Theory]
    [InlineData("W_enc")]
    [InlineData("W_dec")]
    [InlineData("b_enc")]
    [InlineData("b_dec")]
    [InlineData("threshold")]
    public void A_weight_that_is_not_finite_is_named(string tensor)
    {
        using TemporaryFolder folder = new();
        Write(folder);
        string path = Path.Combine(folder["sae"], SaeLensReader.WeightsName);
        long at;
        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            at = file.Find(tensor)!.Start + 4;
        }

        byte[] bytes = File.ReadAllBytes(path);
        BitConverter.TryWriteBytes(bytes.AsSpan((int)at), float.NaN);
        File.WriteAllBytes(path, bytes);
        SaeFormatException exception = Assert.Throws<SaeFormatException>(() => SaeLensReader.Read(folder["sae"]));
        Assert.Equal(SaeFormatError.TensorValue, exception.Error);
        Assert.Contains($"'{tensor}'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("NaN", exception.Message, StringComparison.Ordinal);
    }

    private static void ForEach(Action<string, LoadedSae> check)
    {
        foreach (string folder in Fixtures.Cases("sae/saelens", SaeGolden.IsCase, recursive: true).Where(IsWritten))
        {
            try
            {
                LoadedSae loaded = SaeReader.Read(folder);
                using SparseCoder coder = loaded.Sae;
                check(folder, loaded);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{folder}: {exception.Message}", exception);
            }
        }
    }

    /// <summary>Checkpoints, pursuits and temporal SAEs are not written as what they were read from.</summary>
    private static bool IsWritten(string folder)
    {
        JsonObject config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, SaeLensReader.ConfigName)))!.AsObject();
        return !config.ContainsKey("decoder_init_norm") && (string?)config["architecture"] is not ("temporal" or "matching_pursuit");
    }

    private static void Write(TemporaryFolder folder)
    {
        using SparseAutoencoder sae = new(new Matrix(4, 2), new float[4], new Matrix(4, 2), new float[2], new JumpReluActivation(new float[4]));
        SaeLensWriter.Write(folder["sae"], sae);
    }
}

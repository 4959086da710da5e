using System.Text.Json;
using Saltus.Autoencoders;
using Saltus.Formats;
using Saltus.Tests.Support;

namespace Saltus.Tests.Formats;

public class TorchSaeTests
{
    private const int Width = 2;
    private const int Latents = 3;

    [Fact]
    public void Model_and_hook_are_those_that_a_file_or_its_name_says()
    {
        foreach (string folder in Fixtures.Cases("sae", SaeGolden.IsCase, recursive: true).Where(folder => Directory.EnumerateFiles(folder, "*.pt*").Any()))
        {
            JsonElement meta = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "meta.json"))).RootElement;
            LoadedSae loaded = SaeReader.Read(folder, SaeHints.FromMeta(Path.Combine(folder, "meta.json")));
            using SparseCoder sae = loaded.Sae;
            if (meta.TryGetProperty("hook_name", out JsonElement hook))
            {
                Assert.Equal(hook.GetString(), sae.Metadata.HookName);
                Assert.NotNull(sae.Metadata.ModelName);
            }
        }
    }

    [Fact]
    public void The_same_file_is_read_by_its_path_and_by_its_folder()
    {
        foreach (string path in TorchCases.Sound())
        {
            string folder = Path.GetDirectoryName(path)!;
            SaeHints hints = SaeHints.FromMeta(Path.Combine(folder, "meta.json")) with { Loader = null, FolderName = null };
            LoadedSae byFolder = SaeReader.Read(folder, hints);
            LoadedSae byFile = SaeReader.Read(path, hints);
            using SparseCoder first = byFolder.Sae;
            using SparseCoder second = byFile.Sae;
            Assert.Equal(byFolder.Notes, byFile.Notes);
            Assert.Equal(byFolder.Files, byFile.Files);
            Assert.Equal(first.Metadata, second.Metadata);
            Assert.True(SaeReader.IsSae(path));
        }
    }

    [Theory]
    [InlineData("AutoEncoderTopK", "\"dict_class\": \"CrossCoder\"", SaeFormatError.ArchitectureUnknown, "CrossCoder")]
    [InlineData("AutoEncoderTopK", "\"dict_class\": \"GatedAutoEncoder\"", SaeFormatError.TensorMissing, "decoder_bias")]
    [InlineData("AutoEncoderTopK", "\"dict_class\": \"AutoEncoderTopK\", \"k\": 1", SaeFormatError.ConfigInvalid, "k: ")]
    [InlineData("AutoEncoderTopK", "\"dict_class\": \"AutoEncoderTopK\", \"dict_size\": 4", SaeFormatError.ConfigInvalid, "dict_size")]
    [InlineData("AutoEncoderTopK", "\"dict_class\": \"AutoEncoderTopK\", \"activation_dim\": 4", SaeFormatError.ConfigInvalid, "activation_dim")]
    [InlineData("AutoEncoderTopK", "\"dict_class\": 3", SaeFormatError.ConfigInvalid, "dict_class")]
    [InlineData("AutoEncoderTopK", "", SaeFormatError.ConfigInvalid, "dict_class")]
    [InlineData("AutoEncoderTopK", null, SaeFormatError.FileMissing, "config.json")]
    [InlineData("extra", "\"dict_class\": \"AutoEncoderTopK\"", SaeFormatError.TensorUnknown, "extra")]
    [InlineData("k0", "\"dict_class\": \"AutoEncoderTopK\"", SaeFormatError.TensorValue, "'k'")]
    [InlineData("kfloat", "\"dict_class\": \"AutoEncoderTopK\"", SaeFormatError.TensorShape, "'k'")]
    public void A_trainers_folder_that_contradicts_itself_is_refused_by_name(string weights, string? trainer, SaeFormatError error, string named)
    {
        using TemporaryFolder folder = new();
        TorchFileWriter writer = new();
        if (weights == "kfloat")
        {
            writer.Add("k", TensorDtype.F32, [], (_, values) => values.Fill(2));
        }
        else
        {
            writer.AddInt32("k", [], new[] { weights == "k0" ? 0 : 2 });
        }

        writer.Add("threshold", TensorDtype.F32, [], (_, values) => values.Fill(1))
            .Add("b_dec", new float[Width])
            .Add("encoder.weight", TensorDtype.F32, [Latents, Width], (_, values) => values.Fill(1))
            .Add("encoder.bias", new float[Latents])
            .Add("decoder.weight", TensorDtype.F32, [Width, Latents], (_, values) => values.Fill(1));
        if (weights == "extra")
        {
            writer.Add("extra", new float[1]);
        }

        writer.Write(folder["ae.pt"]);
        if (trainer is not null)
        {
            File.WriteAllText(folder["config.json"], $"{{\"trainer\": {{{trainer}}}}}");
        }

        SaeFormatException exception = Assert.Throws<SaeFormatException>(() => SaeReader.Read(folder.Path));
        Assert.Equal(error, exception.Error);
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
        Assert.Contains(folder.Path, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_of_an_OpenAI_file_are_checked()
    {
        string path = Path.Combine(Fixtures.Roots[0], "sae", "openai", "topk_as_saved", "autoencoder.pt");
        byte[] sound = File.ReadAllBytes(path);
        using TemporaryFolder folder = new();
        Refused("TopK", "JumK", SaeFormatError.ConfigInvalid, "activation");
        Refused("ReLU", "Reko", SaeFormatError.ConfigInvalid, "postact_fn");
        Refused("activation.k", "activation.j", SaeFormatError.TensorUnknown, "activation.j");
        Refused("latents_mean_square", "latents_mean_squarf", SaeFormatError.TensorUnknown, "latents_mean_squarf");
        Refused("pre_bias", "prf_bias", SaeFormatError.FormatUnknown, "openai");

        void Refused(string found, string put, SaeFormatError error, string named)
        {
            // The first place of the text in the pickle, and its checksum.
            byte[] bytes = [.. sound];
            System.Text.Encoding.ASCII.GetBytes(put).CopyTo(bytes, bytes.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(found)));
            File.WriteAllBytes(folder["a.pt"], Fuzz.TorchFuzz.Repair(bytes));
            SaeFormatException exception = Assert.Throws<SaeFormatException>(() => SaeReader.Read(folder["a.pt"]));
            Assert.Equal(error, exception.Error);
            Assert.Contains(named, exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void K_of_Qwen_Scope_comes_from_the_repositorys_name_and_its_width_must_be_that_of_the_file()
    {
        using TemporaryFolder folder = new();
        const int Thousand = 1024;
        new TorchFileWriter()
            .Add("W_enc", TensorDtype.F32, [Thousand, Width], (_, values) => values.Fill(1))
            .Add("W_dec", TensorDtype.F32, [Width, Thousand], (_, values) => values.Fill(1))
            .Add("b_enc", new float[Thousand])
            .Add("b_dec", new float[Width])
            .Write(folder["SAE-Res-Qwen3-1.7B-Base-W1K-L0_50/layer7.sae.pt"]);
        string inside = folder["SAE-Res-Qwen3-1.7B-Base-W1K-L0_50/layer7.sae.pt"];
        LoadedSae loaded = SaeReader.Read(inside);
        using SparseCoder sae = loaded.Sae;
        Assert.Equal(new TopKActivation(50, TopKRelu.After), loaded.Autoencoder.Activation);
        Assert.Equal(("Qwen/Qwen3-1.7B-Base", "blocks.7.hook_resid_post"), (sae.Metadata.ModelName, sae.Metadata.HookName));
        Refused("Qwen/SAE-Res-Qwen3-1.7B-Base-W2K-L0_50", "2 × 1024");
        Refused("Qwen/SAE-Res-Qwen3-1.7B-Base-W1K-L0_2000", "k: ");
        Refused("Qwen/SAE-Res-Qwen3-1.7B-Base", "k: ");

        void Refused(string repository, string named)
        {
            SaeFormatException exception = Assert.Throws<SaeFormatException>(() => SaeReader.Read(inside, new SaeHints { RepoId = repository }));
            Assert.Equal(SaeFormatError.ConfigInvalid, exception.Error);
            Assert.Contains(named, exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Sizes_of_a_release_list_must_be_those_of_the_file_and_other_keys_are_refused()
    {
        string folder = Fixtures.Cases("sae/goodfire", SaeGolden.IsCase, recursive: true)[0];
        foreach ((string overrides, string named) in new[] { ("{\"d_sae\": 47}", "d_sae"), ("{\"d_in\": 17}", "d_in"), ("{\"dtype\": \"float32\"}", "dtype") })
        {
            SaeHints hints = new() { ConfigOverrides = JsonDocument.Parse(overrides).RootElement };
            SaeFormatException exception = Assert.Throws<SaeFormatException>(() => SaeReader.Read(folder, hints));
            Assert.Equal(SaeFormatError.ConfigInvalid, exception.Error);
            Assert.Contains(named, exception.Message, StringComparison.Ordinal);
        }
    }
}

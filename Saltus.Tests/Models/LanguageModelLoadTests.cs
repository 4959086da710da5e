using Saltus.Formats;
using Saltus.Lm.Models;
using Saltus.Tests.Support;

namespace Saltus.Tests.Models;

public sealed class LanguageModelLoadTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("saltus-model-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_folder_that_is_no_model_is_refused()
    {
        Refused(ModelError.NoModel, "no such folder", Path.Combine(_folder, "absent"));
        Refused(ModelError.NoModel, "config.json", _folder);
        CopyConfiguration();
        Assert.Contains("model.safetensors", Assert.Throws<InputException>(() => LanguageModel.Load(_folder)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(Path.Combine(_folder, "pytorch_model.bin"), [1]);
        Refused(ModelError.UnsupportedWeights, "convert", _folder);
        Refused(ModelError.NoModel, "found a file", Path.Combine(_folder, "config.json"));
    }

    [Fact]
    public void Truncated_weights_are_refused()
    {
        CopyConfiguration();
        byte[] weights = File.ReadAllBytes(Path.Combine(Source(), "model.safetensors"));
        File.WriteAllBytes(Path.Combine(_folder, "model.safetensors"), weights[..^100]);
        Assert.Throws<SafetensorsFormatException>(() => LanguageModel.Load(_folder));
    }

    [Fact]
    public void A_missing_an_unknown_and_a_misshapen_tensor_are_refused_by_name()
    {
        CopyConfiguration();
        const string Key = "model.layers.1.self_attn.k_proj.weight";
        Write(name => name == Key ? null : name, _ => 0);
        Refused(ModelError.MissingTensor, Key, _folder);
        Write(name => name, _ => 0, writer => writer.Add("model.layers.1.extra", new float[3]));
        Refused(ModelError.UnknownTensor, "model.layers.1.extra", _folder);
        Write(name => name, name => name == Key ? 1 : 0);
        Refused(ModelError.WrongShape, Key, _folder);
        Write(name => name == "model.embed_tokens.weight" ? null : name, _ => 0);
        Refused(ModelError.MissingTensor, "model.embed_tokens.weight", _folder);
    }

    [Fact]
    public void Masks_and_angles_of_published_files_are_ignored_by_name()
    {
        CopyConfiguration();
        Write(name => name, _ => 0, writer => writer.Add("model.layers.1.self_attn.rotary_emb.inv_freq", new float[5]));
        using LanguageModel model = LanguageModel.Load(_folder);
        Assert.Equal("llama", model.Configuration.Family);
    }

    [Fact]
    public void The_files_of_gpt2_without_prefix_and_with_masks_are_read()
    {
        string source = Path.Combine(Path.GetDirectoryName(Source())!, "gpt2");
        File.Copy(Path.Combine(source, "config.json"), Path.Combine(_folder, "config.json"));
        Write(
            name => name.Replace("transformer.", string.Empty, StringComparison.Ordinal), _ => 0,
            writer => writer.Add("h.0.attn.bias", new float[4]).Add("h.2.attn.masked_bias", new float[1]), source);
        using LanguageModel model = LanguageModel.Load(_folder);
        Assert.True(model.Configuration.TiedHead);
    }

    [Fact]
    public void A_tied_head_may_be_in_the_file_if_it_is_the_embedding()
    {
        string source = Path.Combine(Path.GetDirectoryName(Source())!, "gemma");
        File.Copy(Path.Combine(source, "config.json"), Path.Combine(_folder, "config.json"));
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(source, "model.safetensors"));
        using Saltus.Tensors.Matrix embedding = file.ReadMatrix("model.embed_tokens.weight");
        Write(name => name, _ => 0, writer => writer.Add("lm_head.weight", embedding), source);
        LanguageModel.Load(_folder).Dispose();
        embedding.Row(7)[0] += 1;
        Write(name => name, _ => 0, writer => writer.Add("lm_head.weight", embedding), source);
        Refused(ModelError.UnknownTensor, "row 7", _folder);
    }

    private static string Source() => Fixtures.Cases("lm", path => Path.GetFileName(path) == "llama")[0];

    private void CopyConfiguration() => File.Copy(Path.Combine(Source(), "config.json"), Path.Combine(_folder, "config.json"));

    private void Write(Func<string, string?> rename, Func<string, int> lessRows, Action<SafetensorsWriter>? more = null, string? source = null)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(source ?? Source(), "model.safetensors"));
        SafetensorsWriter writer = new();
        foreach (TensorInfo tensor in file.Tensors)
        {
            if (rename(tensor.Name) is not { } name)
            {
                continue;
            }

            long[] shape = [.. tensor.Shape];
            shape[0] -= lessRows(tensor.Name);
            writer.Add(name, TensorDtype.F32, shape, (first, destination) => file.ReadFloat32(tensor, first, destination));
        }

        more?.Invoke(writer);
        writer.Write(Path.Combine(_folder, "model.safetensors"));
    }

    private static void Refused(ModelError error, string word, string folder)
    {
        ModelException exception = Assert.Throws<ModelException>(() => LanguageModel.Load(folder));
        Assert.Equal(error, exception.Error);
        Assert.Contains(word, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }
}

using Saltus.Formats;

namespace Saltus.Lm.Models;

/// <content>Models in one GGUF file.</content>
public sealed partial class LanguageModel
{
    private static readonly string[] s_pickles = [".bin", ".pt", ".pth", ".ckpt"];

    private static LanguageModel LoadGguf(string path)
    {
        GgufFile file = GgufFile.Open(path);
        try
        {
            GgufArchitecture architecture = GgufArchitecture.Of(file);
            ModelConfiguration configuration = GgufConfiguration.Read(file, architecture);
            var source = new GgufTensors(file, configuration.HeadWidth, architecture.PermutesHeads);
            return new LanguageModel(configuration, source, ModelWeights.Bind(source, configuration, architecture.Names(file)));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static void CheckFile(string path)
    {
        if (s_pickles.Any(end => path.EndsWith(end, StringComparison.OrdinalIgnoreCase)))
        {
            throw new ModelException(
                ModelError.UnsupportedWeights,
                $"'{path}': expected a folder or a .gguf file, found a file of PyTorch's, which can run code when read; convert it to safetensors first");
        }

        throw new ModelException(ModelError.NoModel, $"'{path}': expected a folder with {ConfigurationName} and safetensors files, or a .gguf file, found a file of another kind");
    }
}

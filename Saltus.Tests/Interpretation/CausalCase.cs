using System.Text.Json;
using Saltus.Autoencoders;
using Saltus.Formats;
using Saltus.Lm.Activations;
using Saltus.Lm.Interpretation;
using Saltus.Lm.Models;
using Saltus.Lm.Tokenizers;
using Saltus.Tests.Support;

namespace Saltus.Tests.Interpretation;

/// <summary>A case of fixtures/eval, opened: model, tokenizer, SAE in its place, and what PyTorch computed.</summary>
internal sealed class CausalCase : IDisposable
{
    private readonly JsonDocument _golden;

    private CausalCase(string folder)
    {
        Name = Path.GetFileName(folder);
        _golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "golden.json")));
        Tensors = new GoldenTensors(Path.Combine(folder, "golden.safetensors"));
        string modelFolder = SampleText.ModelFolder(Root.GetProperty("model").GetString()!);
        Model = LanguageModel.Load(modelFolder);
        Tokenizer = Tokenizer.Load(modelFolder);
        Sae = SaeReader.Read(Path.Combine(folder, "sae")).Sae;
        Placed = new PlacedSae(Model, Sae, Site.Parse(Root.GetProperty("site").GetString()!, Root.GetProperty("layer").GetInt32()));
        Counted = CountedTokens.For(Tokenizer);
    }

    public string Name { get; }

    public JsonElement Root => _golden.RootElement;

    public GoldenTensors Tensors { get; }

    public LanguageModel Model { get; }

    public Tokenizer Tokenizer { get; }

    public SparseCoder Sae { get; }

    public PlacedSae Placed { get; }

    public CountedTokens Counted { get; }

    /// <summary>Opens every case that is found, one after the other.</summary>
    public static IEnumerable<CausalCase> All()
    {
        foreach (string folder in Fixtures.Cases("eval", path => File.Exists(Path.Combine(path, "golden.json")) && Directory.Exists(Path.Combine(path, "sae"))))
        {
            using CausalCase opened = new(folder);
            yield return opened;
        }
    }

    public void Dispose()
    {
        Sae.Dispose();
        Model.Dispose();
        _golden.Dispose();
    }
}

using System.Globalization;
using Saltus.Autoencoders;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Lm.Interpretation;
using Saltus.Lm.Models;

namespace Saltus.Cli;

/// <summary>The folder that <c>report --neuronpedia</c> fills: <c>batch-N.json</c> as SAEDashboard writes it, <c>upload-N.json</c> as the upload takes it.</summary>
/// <param name="folder">The folder.</param>
/// <param name="set">The name of the SAE's set there.</param>
internal sealed class NeuronpediaOutput(string folder, string set)
{
    /// <summary>Writes the folder, whole or not at all.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="collector">What was gathered, products with the input too.</param>
    /// <param name="sae">The SAE.</param>
    /// <param name="model">The language model.</param>
    /// <param name="site">Where the SAE reads.</param>
    /// <param name="target">Where it writes.</param>
    /// <param name="text">Its text.</param>
    /// <param name="prompts">Windows read.</param>
    /// <param name="windowTokens">Tokens of a window.</param>
    public void Write(
        WorkTeam team, LatentCollector collector, SparseCoder sae, LanguageModelInput model, Site site, Site target, TextInput text, int prompts, int windowTokens)
    {
        string[] texts = model.TokenTexts();
        LatentCollectorOptions options = NeuronpediaExport.CollectorOptions;
        IReadOnlyList<LogitEffect>? effects = LogitEffects.Compute(team, model.Model, sae, target, texts, options.OutputTokens, NeuronpediaHistogram.Bins);
        NeuronpediaSettings settings = new()
        {
            ModelId = model.Name,
            Layer = site.Layer,
            SaeSet = set,
            Prompts = Math.Max(1, prompts),
            TokensOfPrompt = windowTokens,
            Dataset = text.Name,
        };
        AtomicFolder.Write(folder, inside =>
        {
            int batches = 0, uploads = 0;
            foreach (NeuronpediaBatch batch in NeuronpediaExport.Build(team, collector, sae, collector.Build(team, sae, texts, effects, describe: null, options), effects, settings))
            {
                NeuronpediaBatchWriter.Write(Path.Combine(inside, Name("batch", batches++)), batch);
                foreach (NeuronpediaUpload upload in NeuronpediaUpload.Of(batch))
                {
                    NeuronpediaUploadFile.Write(Path.Combine(inside, Name("upload", uploads++)), upload);
                }
            }

            if (batches == 0)
            {
                throw new InputException($"--neuronpedia {folder}: expected latents that are active somewhere in the text, found none; give more text");
            }
        });
    }

    private static string Name(string kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{number}.json");
}

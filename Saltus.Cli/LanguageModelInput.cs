using Saltus.Cli.Hub;
using Saltus.Formats;
using Saltus.Lm.Activations;
using Saltus.Lm.Models;
using Saltus.Lm.Tokenizers;

namespace Saltus.Cli;

/// <summary>A language model with its tokenizer, as commands take it: a folder, a .gguf file, or the name of a repository that was fetched from the hub.</summary>
internal sealed class LanguageModelInput : IDisposable
{
    /// <summary>The bundled model was trained on windows of this many tokens, fewer than its configuration allows.</summary>
    private const int SampleContext = 256;

    private const int LongestDefaultContext = 1024;

    private LanguageModelInput(string given)
    {
        string folder = HubModels.Find(given);
        Folder = folder;
        Name = folder == given ? Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar)) : HubName.Parse(given).Repository;
        Model = LanguageModel.Load(folder);
        try
        {
            Tokenizer = Tokenizer.Load(folder);
            int vocabulary = Model.Configuration.VocabularySize;
            if (Tokenizer.VocabularySize > vocabulary)
            {
                throw new InputException(
                    $"'{folder}': expected a tokenizer with ids below {vocabulary}, the model's vocabulary, found {Tokenizer.VocabularySize} ids: the tokenizer does not match the model; put the model's own beside it");
            }
        }
        catch
        {
            Model.Dispose();
            throw;
        }
    }

    /// <summary>Gets the folder, or the .gguf file.</summary>
    public string Folder { get; }

    /// <summary>Gets the model.</summary>
    public LanguageModel Model { get; }

    /// <summary>Gets the tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Gets the folder's own name, or the repository's.</summary>
    public string Name { get; }

    /// <summary>Loads model and tokenizer.</summary>
    public static LanguageModelInput Open(string given) => new(given);

    /// <summary>Gets the tokens of a window: what was asked for, or the default.</summary>
    public int Context(int? asked)
    {
        int most = Model.Configuration.MaxPositions;
        if (asked > most)
        {
            throw new InputException($"--context: expected at most {most}, the positions of {Folder}, got {asked}");
        }

        return asked ?? Math.Min(most, Name == Bundle.ModelName ? SampleContext : LongestDefaultContext);
    }

    /// <summary>Gets the site that options name, checked against the model.</summary>
    public Site Site(string? site, int? layer, string? hook)
    {
        if (hook is not null && (site is not null || layer is not null))
        {
            throw new InputException("--hook: expected alone, got --site or --layer too; leave out one of them");
        }

        Site parsed = Lm.Models.Site.Parse(
            hook ?? site ?? throw new InputException("--site: expected a site such as resid_post with --layer, or --hook, got none of them"), layer);
        Model.Configuration.Check(parsed);
        return parsed;
    }

    /// <summary>Gets the windows of text.</summary>
    public TokenWindows Windows(DocumentReader documents, int context, long? seed = null) => new(documents, Tokenizer, context, seed);

    /// <summary>Gets the readable text of every token id.</summary>
    public string[] TokenTexts() => [.. Enumerable.Range(0, Tokenizer.VocabularySize).Select(Tokenizer.TokenText)];

    /// <summary>Gets the checksum of the model's configuration and weights.</summary>
    public string WeightsChecksum()
    {
        if (File.Exists(Folder))
        {
            return FileChecksum.Compute([Folder]);
        }

        string[] weights = [.. Directory.EnumerateFiles(Folder, "*.safetensors").Order(StringComparer.Ordinal)];
        return FileChecksum.Compute([Path.Combine(Folder, LanguageModel.ConfigurationName), .. weights]);
    }

    /// <summary>Gets the checksum of the tokenizer's file.</summary>
    public string TokenizerChecksum() => FileChecksum.Compute(
        File.Exists(Folder) ? [Folder] : Directory.EnumerateFiles(Folder, "tokenizer.json*").Order(StringComparer.Ordinal).Take(1).ToArray());

    /// <summary>Gets what a run on text reads, by name, with checksums.</summary>
    public IReadOnlyDictionary<string, string> Inputs(string text) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["model"] = WeightsChecksum(),
        ["tokenizer"] = TokenizerChecksum(),
        ["text"] = FileChecksum.Compute(new DocumentReader(text).Files),
    };

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();
}

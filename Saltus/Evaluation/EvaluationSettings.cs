using System.Security.Cryptography;
using Saltus.Formats;

namespace Saltus.Evaluation;

/// <summary>What was evaluated on what: the <c>settings</c> of <c>eval.json</c>. Null where there is none, such as a model for own vectors.</summary>
public sealed record EvaluationSettings
{
    /// <summary>Gets the site, such as "resid_post".</summary>
    public string? Site { get; init; }

    /// <summary>Gets the 0-based layer.</summary>
    public int? Layer { get; init; }

    /// <summary>Gets the site that a transcoder's reconstructions stand in for; null for an autoencoder.</summary>
    public string? TargetSite { get; init; }

    /// <summary>Gets the 0-based layer of <see cref="TargetSite"/>.</summary>
    public int? TargetLayer { get; init; }

    /// <summary>Gets the tokens of a window, its BOS included.</summary>
    public int? Context { get; init; }

    /// <summary>Gets the text, as it was named.</summary>
    public string? Text { get; init; }

    /// <summary>Gets the language model, as it was named.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the SHA-256 of each file of the SAE, by file name, in hexadecimal digits.</summary>
    public IReadOnlyDictionary<string, string> SaeHashes { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets the number of resamples behind the intervals; null without intervals.</summary>
    public int? BootstrapResamples { get; init; }

    /// <summary>Gets the seed of the resampling; null without intervals.</summary>
    public long? Seed { get; init; }

    /// <summary>Gets the number of tokens behind the uniformity; null where it was not measured.</summary>
    public int? UniformityTokens { get; init; }

    /// <summary>Computes the SHA-256 of each file of an SAE, for <see cref="SaeHashes"/>.</summary>
    /// <param name="path">The SAE's folder (files directly in it), or its one file.</param>
    /// <returns>Hexadecimal digits by file name.</returns>
    /// <exception cref="InputException">A file cannot be read.</exception>
    public static IReadOnlyDictionary<string, string> HashesOf(string path)
    {
        Dictionary<string, string> result = new(StringComparer.Ordinal);
        try
        {
            foreach (string file in File.Exists(path) ? [path] : Directory.GetFiles(path))
            {
                using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
                result.Add(Path.GetFileName(file), Convert.ToHexStringLower(SHA256.HashData(stream)));
            }
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            throw FileErrors.Reading(path, exception);
        }

        return result;
    }
}

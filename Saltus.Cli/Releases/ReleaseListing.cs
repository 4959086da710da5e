using System.Globalization;
using System.Text.Json;

namespace Saltus.Cli.Releases;

/// <summary>Shows published SAEs: the releases, or those SAEs that hold every word of a search.</summary>
/// <param name="list">The list.</param>
/// <param name="search">Words, all of which must occur in release, id, repository or model, in any case; empty for the releases alone.</param>
internal sealed class ReleaseListing(ReleaseList list, string search)
{
    private readonly string[] _words = search.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Gets the SAEs that the search finds; all of a release whose name the search is.</summary>
    public IReadOnlyList<ReleaseSae> Find() => list.FindRelease(search) is Release release
        ? release.Saes
        : [.. list.All.SelectMany(release => release.Saes).Where(Fits)];

    /// <summary>Writes for people: one line a release without a search, one line an SAE with one.</summary>
    /// <param name="writer">Where to.</param>
    /// <exception cref="InputException">Nothing was found.</exception>
    public void Write(TextWriter writer)
    {
        if (_words.Length == 0)
        {
            TextTable releases = new("release", "SAEs>", "model", "repository");
            foreach (Release release in list.All)
            {
                releases.Add(release.Name, $"{release.Saes.Count}", release.Model, release.Repository);
            }

            releases.Write(writer);
            writer.WriteLine($"{list.All.Count} releases, {list.All.Sum(release => release.Saes.Count):N0} SAEs; 'saltus info --releases TEXT' searches");
            return;
        }

        TextTable saes = new("name", "L0>", "model", "repository");
        IReadOnlyList<ReleaseSae> found = FindSome();
        foreach (ReleaseSae sae in found)
        {
            saes.Add(sae.Name, sae.L0?.ToString("0.#", CultureInfo.InvariantCulture) ?? string.Empty, sae.Model, sae.Repository);
        }

        saes.Write(writer);
        writer.WriteLine($"{found.Count:N0} SAEs; 'saltus pull NAME' fetches one");
    }

    /// <summary>Writes for programs: every SAE found with all that the list says of it.</summary>
    /// <param name="writer">Where to.</param>
    /// <exception cref="InputException">Nothing was found.</exception>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (ReleaseSae sae in FindSome())
        {
            writer.WriteStartObject();
            writer.WriteString("name", sae.Name);
            writer.WriteString("release", sae.Release);
            writer.WriteString("id", sae.Id);
            writer.WriteString("repository", sae.Repository);
            writer.WriteString("folder", sae.Folder);
            writer.WriteString("loader", sae.Loader);
            writer.WriteString("model", sae.Model);
            WriteNumber(writer, "l0", sae.L0);
            WriteNumber(writer, "norm_scaling_factor", sae.NormScalingFactor);
            WriteNumber(writer, "variance_explained", sae.VarianceExplained);
            if (sae.Neuronpedia is not null)
            {
                writer.WriteString("neuronpedia", sae.Neuronpedia);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter writer, string key, double? value)
    {
        if (value is double number)
        {
            writer.WriteNumber(key, number);
        }
    }

    private IReadOnlyList<ReleaseSae> FindSome()
    {
        IReadOnlyList<ReleaseSae> found = Find();
        string? near = found.Count > 0 ? null : NearestName.Find(search, list.All.Select(release => release.Name));
        return found.Count > 0
            ? found
            : throw new InputException(
                $"--releases: expected words that occur in a published SAE's name, model or repository, found none with '{search}'" + (near is null ? string.Empty : $"; perhaps '{near}'"));
    }

    private bool Fits(ReleaseSae sae) => Array.TrueForAll(
        _words,
        word => Array.Exists([sae.Name, sae.Repository, sae.Model, sae.Folder, sae.Neuronpedia ?? string.Empty], text => text.Contains(word, StringComparison.OrdinalIgnoreCase)));
}

using System.IO.Compression;
using System.Reflection;
using System.Text.Json;
using Saltus.Formats;

namespace Saltus.Cli.Releases;

/// <summary>
/// Published SAEs by name: the list that SAELens carries, as one compressed file in the program (facts only: names, places, numbers). Nothing of it
/// was downloaded; that a file is there is for the hub to say.
/// </summary>
internal sealed class ReleaseList
{
    private const string Resource = "Saltus.Cli.Releases.releases.json.gz";
    private const string OverridesKey = "config_overrides";
    private const int MostNames = 3;

    private static readonly Lazy<ReleaseList> s_carried = new(ReadCarried);
    private readonly Dictionary<string, Release> _byName;

    private ReleaseList(List<Release> releases)
    {
        All = releases;
        _byName = releases.ToDictionary(release => release.Name, StringComparer.Ordinal);
    }

    /// <summary>Gets the list that the program carries.</summary>
    public static ReleaseList Carried => s_carried.Value;

    /// <summary>Gets all releases, in the order of the list.</summary>
    public IReadOnlyList<Release> All { get; }

    /// <summary>Reads a list.</summary>
    /// <param name="json"><c>{release: {repository, model, loader, config_overrides?, saes: [{id, folder, …}]}}</c>, UTF-8.</param>
    /// <param name="source">The origin that errors name.</param>
    /// <exception cref="JsonFieldException">It has another form.</exception>
    public static ReleaseList Parse(byte[] json, string source)
    {
        JsonFields fields = JsonFields.Parse(json, source);
        return new ReleaseList([.. fields.Keys.Select(name => ReadRelease(name, fields.GetObject(name)))]);
    }

    /// <summary>Finds a release.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The release; null where there is none.</returns>
    public Release? FindRelease(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Finds an SAE by any of the spellings that <see cref="ReleaseName"/> knows.</summary>
    /// <param name="text">What a person wrote, without a revision.</param>
    /// <returns>The SAE; null where there is none of that name.</returns>
    public ReleaseSae? Find(string text) => ReleaseName.Spellings(text)
        .Select(name => FindRelease(name.Release)?.Saes.FirstOrDefault(sae => sae.Id == name.Id))
        .FirstOrDefault(sae => sae is not null);

    /// <summary>Creates the error of a name that no SAE has, with the nearest ones.</summary>
    /// <param name="text">What a person wrote.</param>
    public InputException NotFound(string text)
    {
        const string Search = "saltus info --releases";
        Release? known = ReleaseName.Spellings(text).Append((Release: text, Id: string.Empty)).Select(name => FindRelease(name.Release)).FirstOrDefault(release => release is not null);
        if (known is not null)
        {
            string id = ReleaseName.Spellings(text).Where(name => name.Release == known.Name).Select(name => name.Id).FirstOrDefault(string.Empty);
            return new InputException(
                $"'{text}': release {known.Name} has {known.Saes.Count} SAEs, {(id.Length == 0 ? "and one must be named" : $"none is '{id}'")}; " +
                $"perhaps {Joined(Nearest(id, known))}; all: '{Search} {known.Name}'");
        }

        List<string> names = Suggest(text);
        return new InputException(
            $"'{text}': expected a repository such as org/name, or a published SAE such as gemma-scope:2b-pt-res/layer_12/width_16k/average_l0_82, found neither; " +
            (names.Count > 0 ? $"perhaps {Joined(names)}; " : string.Empty) + $"search with '{Search} TEXT'");
    }

    /// <summary>Gets the names that a mistyped one was probably meant to be; none where nothing is near.</summary>
    /// <param name="text">What a person wrote.</param>
    public List<string> Suggest(string text) =>
    [
        .. ReleaseName.Spellings(text)
            .SelectMany(name => NearestName.FindSeveral(name.Release, _byName.Keys, 1).Select(release => (Release: _byName[release], name.Id)))
            .SelectMany(pair => Nearest(pair.Id, pair.Release))
            .Distinct(StringComparer.Ordinal)
            .Take(MostNames),
    ];

    private static IEnumerable<string> Nearest(string id, Release release)
    {
        IReadOnlyList<string> near = NearestName.FindSeveral(id, release.Saes.Select(sae => sae.Id), MostNames);
        return (near.Count > 0 ? near : release.Saes.Take(MostNames).Select(sae => sae.Id)).Select(name => $"{release.Name}/{name}");
    }

    private static string Joined(IEnumerable<string> names) => string.Join(" or ", names.Select(name => $"'{name}'"));

    private static ReleaseList ReadCarried()
    {
        using Stream packed = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"the program lacks its resource {Resource}");
        using GZipStream stream = new(packed, CompressionMode.Decompress);
        using MemoryStream content = new();
        stream.CopyTo(content);
        return Parse(content.ToArray(), Resource);
    }

    private static Release ReadRelease(string name, JsonFields fields)
    {
        (string repository, string model, string loader) = (fields.GetString("repository"), fields.GetString("model"), fields.GetString("loader"));
        JsonElement? common = fields.FindObject(OverridesKey)?.Element;
        return new Release(name, repository, model, loader, [.. fields.GetObjects("saes").Select(sae => new ReleaseSae
        {
            Release = name,
            Id = sae.GetString("id"),
            Repository = repository,
            Model = model,
            Loader = loader,
            Folder = Folder(sae),
            NormScalingFactor = Number(sae, "norm_scaling_factor"),
            L0 = Number(sae, "l0"),
            VarianceExplained = Number(sae, "variance_explained"),
            Neuronpedia = sae.GetString("neuronpedia", null),
            ConfigOverrides = sae.FindObject(OverridesKey)?.Element ?? common,
        })]);
    }

    private static string Folder(JsonFields sae) =>
        sae.TryGetElement("folder", out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetRawText() : sae.GetString("folder");

    private static double? Number(JsonFields fields, string key) => fields.Has(key) ? fields.GetDouble(key) : null;
}

using Saltus.Formats;

namespace Saltus.Lm.Models;

/// <summary>
/// A language model's architecture, resolved: what config.json says in either spelling, and what its family means by saying nothing.
/// </summary>
public sealed record ModelConfiguration
{
    /// <summary>Gets the family: the model_type of config.json.</summary>
    public required string Family { get; init; }

    /// <summary>Gets the width d of the residual stream.</summary>
    public required int Width { get; init; }

    /// <summary>Gets the number of blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Gets the number of query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Gets the number of key-value heads; divides <see cref="Heads"/>.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Gets the width of a head.</summary>
    public required int HeadWidth { get; init; }

    /// <summary>Gets the number of hidden units of the MLP.</summary>
    public required int MlpWidth { get; init; }

    /// <summary>Gets the number of token ids.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Gets the longest sequence that the configuration states, in tokens; an error to exceed only with <see cref="LearnedPositions"/>.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>Gets the eps of all norms.</summary>
    public required double Epsilon { get; init; }

    /// <summary>Gets how norms are computed.</summary>
    public required NormKind Norm { get; init; }

    /// <summary>Gets how a block is joined.</summary>
    public required BlockKind Block { get; init; }

    /// <summary>Gets the MLP's non-linearity.</summary>
    public required ActivationKind Activation { get; init; }

    /// <summary>Gets whether the MLP is down(act(gate(x)) ⊙ up(x)) and not down(act(up(x))).</summary>
    public bool Gated { get; init; }

    /// <summary>Gets whether positions are learned vectors added to the embedding.</summary>
    public bool LearnedPositions { get; init; }

    /// <summary>Gets what embeddings are multiplied by.</summary>
    public float EmbeddingScale { get; init; } = 1;

    /// <summary>Gets whether the head is the embedding.</summary>
    public bool TiedHead { get; init; }

    /// <summary>Gets what attention scores are multiplied by, by layer.</summary>
    public required IReadOnlyList<float> AttentionScale { get; init; }

    /// <summary>Gets the window of each layer in tokens, the token itself included; null where all earlier tokens are visible.</summary>
    public required IReadOnlyList<int?> Windows { get; init; }

    /// <summary>Gets the rotary positions of each layer; null where there are none.</summary>
    public required IReadOnlyList<RopeSettings?> Rope { get; init; }

    /// <summary>Gets the soft cap on attention scores, if there is one.</summary>
    public float? AttentionCap { get; init; }

    /// <summary>Gets the soft cap on logits, if there is one.</summary>
    public float? FinalCap { get; init; }

    /// <summary>Gets how queries and keys are normed.</summary>
    public QueryKeyNorm QueryKeyNorm { get; init; }

    /// <summary>Gets how queries, keys and values lie in the file.</summary>
    public QueryKeyValueLayout QueryKeyValue { get; init; }

    /// <summary>Gets whether queries, keys and values have biases.</summary>
    public bool QueryKeyValueBias { get; init; }

    /// <summary>Gets whether attention's output projection has a bias.</summary>
    public bool AttentionOutputBias { get; init; }

    /// <summary>Gets whether the MLP's matrices have biases.</summary>
    public bool MlpBias { get; init; }

    /// <summary>Gets whether the head has a bias.</summary>
    public bool HeadBias { get; init; }

    /// <summary>Gets whether the file keeps matrices as [in, out].</summary>
    public bool TransposedWeights { get; init; }

    /// <summary>Gets the padding token, if one is stated.</summary>
    public int? PaddingToken { get; init; }

    /// <summary>Gets one line for each key that was not understood and left aside.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Gets whether attention and MLP read the same residual, so that there is no <see cref="SiteKind.ResidMid"/>.</summary>
    public bool IsParallel => Block is BlockKind.Parallel or BlockKind.ParallelSharedNorm;

    /// <summary>Gets the width of the activation at a site.</summary>
    /// <param name="kind">The place.</param>
    /// <returns>Values a token.</returns>
    public int WidthAt(SiteKind kind) => kind == SiteKind.AttnZ ? Heads * HeadWidth : Width;

    /// <summary>Checks that the model has a site.</summary>
    /// <param name="site">The site.</param>
    /// <exception cref="ModelException">The layer is out of range, or the block is parallel and the site is resid_mid.</exception>
    public void Check(Site site)
    {
        if (site.Layer < 0 || site.Layer >= Layers)
        {
            throw new ModelException(
                ModelError.UnknownSite, $"site {site.Name}, layer {site.Layer}: expected a layer from 0 to {Layers - 1}, the model ({Family}) has {Layers}");
        }

        if (site.Kind == SiteKind.ResidMid && IsParallel)
        {
            throw new ModelException(
                ModelError.UnknownSite, $"site resid_mid: expected a model with sequential blocks, found {Family} with parallel ones; use resid_pre or resid_post");
        }

        if (site.Kind == SiteKind.Embed && site.Layer != 0)
        {
            throw new ModelException(ModelError.UnknownSite, $"site embed: expected layer 0, found {site.Layer}");
        }
    }

    /// <summary>Reads a configuration file in either spelling.</summary>
    /// <param name="path">A config.json.</param>
    /// <returns>The architecture.</returns>
    /// <exception cref="InputException">The file cannot be read, is not JSON, or describes a model that cannot be run.</exception>
    public static ModelConfiguration Read(string path) => Parse(JsonFields.Read(path));

    /// <summary>Reads a configuration in either spelling.</summary>
    /// <param name="fields">The object of a config.json.</param>
    /// <returns>The architecture.</returns>
    /// <exception cref="InputException">It describes a model that cannot be run.</exception>
    public static ModelConfiguration Parse(JsonFields fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        return ModelFamilies.Read(fields);
    }
}

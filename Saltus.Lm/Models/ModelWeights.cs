using Saltus.Formats;
using Saltus.Kernels;

namespace Saltus.Lm.Models;

/// <summary>All weights of a model, bound to the file they are mapped from; vectors are read at once, matrices row by row when needed.</summary>
internal sealed record ModelWeights
{
    /// <summary>[V, d].</summary>
    public required IWeightRows Embedding { get; init; }

    /// <summary>[N, d], or null.</summary>
    public IWeightRows? Positions { get; init; }

    public required IReadOnlyList<BlockWeights> Blocks { get; init; }

    public required Norm FinalNorm { get; init; }

    /// <summary>[V, d].</summary>
    public required IWeightRows Head { get; init; }

    public float[]? HeadBias { get; init; }

    /// <summary>Finds every tensor of a model.</summary>
    /// <param name="source">The open file or files.</param>
    /// <param name="configuration">The architecture.</param>
    /// <param name="names">Where the family keeps its tensors.</param>
    /// <returns>The weights; usable while the source is open.</returns>
    /// <exception cref="InputException">A tensor is missing, unknown, or of another shape or type.</exception>
    public static ModelWeights Bind(ITensorSource source, ModelConfiguration configuration, TensorNames names)
    {
        WeightBinder binder = new(source, configuration, names);
        int d = configuration.Width;
        IWeightRows embedding = binder.Rows(binder.Prefix + names.Embedding, configuration.VocabularySize, d);
        string? headName = binder.FindHead();
        ModelWeights weights = new()
        {
            Embedding = embedding,
            Positions = configuration.LearnedPositions ? binder.Rows(binder.Prefix + names.Positions, configuration.MaxPositions, d) : null,
            Blocks = [.. Enumerable.Range(0, configuration.Layers).Select(binder.Block)],
            FinalNorm = binder.Norm(binder.Prefix + names.FinalNorm, d, configuration.Norm),
            Head = configuration.TiedHead ? embedding : binder.Rows(headName ?? names.Heads[0], configuration.VocabularySize, d),
            HeadBias = configuration.HeadBias ? binder.Vector((headName ?? names.Heads[0]) + ".bias", configuration.VocabularySize) : null,
        };
        if (configuration.TiedHead && headName is not null)
        {
            CheckTied(source, embedding, binder.Rows(headName, configuration.VocabularySize, d), headName);
        }

        binder.CheckAllRead();
        return weights;
    }

    private static void CheckTied(ITensorSource source, IWeightRows embedding, IWeightRows head, string headName)
    {
        float[] left = new float[embedding.Columns];
        float[] right = new float[embedding.Columns];
        for (int token = 0; token < embedding.Rows; token++)
        {
            embedding.ReadRows(token, 1, left);
            head.ReadRows(token, 1, right);
            if (!left.AsSpan().SequenceEqual(right))
            {
                throw new ModelException(
                    ModelError.UnknownTensor,
                    $"tensor '{headName}.weight' in '{source.Source}': expected the embedding itself, since tie_word_embeddings is true, found other values in row {token}; set it to false");
            }
        }
    }
}

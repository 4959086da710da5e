using Saltus.Formats;

namespace Saltus.Lm.Activations;

/// <summary>What a store holds and how it was made: everything that must agree for a harvest to go on, or for its vectors to mean the same.</summary>
public sealed record ActivationStoreSettings
{
    private const long ValuesOfShard = 1L << 26;
    private const int RowsOfSmallestShard = 1024;

    /// <summary>Gets the width of the vectors, d.</summary>
    public required int Width { get; init; }

    /// <summary>Gets the element type: F16, BF16 or F32.</summary>
    public TensorDtype Dtype { get; init; } = TensorDtype.F16;

    /// <summary>Gets the name of the site, such as "resid_post".</summary>
    public required string Site { get; init; }

    /// <summary>Gets the layer of the site.</summary>
    public required int Layer { get; init; }

    /// <summary>Gets the model's name or path, for people.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the checksum of the model's weights.</summary>
    public required string ModelHash { get; init; }

    /// <summary>Gets the checksum of the tokenizer.</summary>
    public required string TokenizerHash { get; init; }

    /// <summary>Gets the text's name or path, for people.</summary>
    public required string Text { get; init; }

    /// <summary>Gets the checksum of the text files.</summary>
    public required string TextHash { get; init; }

    /// <summary>Gets the tokens of a full window, BOS included.</summary>
    public required int Context { get; init; }

    /// <summary>Gets the seed of the documents' order; null for the order of the files.</summary>
    public long? Seed { get; init; }

    /// <summary>Gets how many vectors were asked for; null for one pass over the documents.</summary>
    public long? Vectors { get; init; }

    /// <summary>Gets at how many vectors one pass ends early; null for nowhere.</summary>
    public long? MostVectors { get; init; }

    /// <summary>Gets the column of the text.</summary>
    public string Column { get; init; } = DocumentReader.TextColumn;

    /// <summary>Gets which part of the documents it is, such as "3/16"; null for all.</summary>
    public string? Part { get; init; }

    /// <summary>Gets of how many parts, each in a folder inside, the store consists; null for one of its own shards.</summary>
    public int? Parts { get; init; }

    /// <summary>Gets the vectors of a full shard; default 2^26 values, which are held in memory while a shard is filled (256 MiB).</summary>
    public int RowsPerShard { get => field > 0 ? field : DefaultRows(Width); init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="InputException">A number is out of range, or the element type is not one of the three.</exception>
    public void Validate()
    {
        if (Dtype is not (TensorDtype.F16 or TensorDtype.BF16 or TensorDtype.F32))
        {
            throw new InputException($"element type of an activation store: expected F16, BF16 or F32, found {Dtype.Name()}");
        }

        if (Width < 1 || RowsPerShard < 1 || Context < 1 || Layer < 0)
        {
            throw new InputException(
                $"activation store: expected width, rows of a shard and context of at least 1 and a layer of at least 0, found {Width}, {RowsPerShard}, {Context}, {Layer}");
        }
    }

    /// <summary>What the index writes, in its order: key, value as JSON number or string, or null.</summary>
    internal IEnumerable<(string Key, object? Value)> Fields() =>
    [
        ("d", (long)Width),
        ("dtype", Dtype.Name()),
        ("site", Site),
        ("layer", (long)Layer),
        ("model", Model),
        ("model_hash", ModelHash),
        ("tokenizer_hash", TokenizerHash),
        ("text", Text),
        ("text_hash", TextHash),
        ("context", (long)Context),
        ("seed", Seed),
        ("vectors", Vectors),
        ("most_vectors", MostVectors),
        ("column", Column),
        ("part", Part),
        ("parts", (long?)Parts),
        ("rows_per_shard", (long)RowsPerShard),
    ];

    private static int DefaultRows(int width)
    {
        long rows = Math.Max(RowsOfSmallestShard, ValuesOfShard / Math.Max(1, width));
        return (int)(rows - (rows % RowsOfSmallestShard));
    }
}

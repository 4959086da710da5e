using Saltus.Formats;
using Saltus.Lm.Models;

namespace Saltus.Lm.Activations;

/// <summary>What a harvest writes into each of its stores.</summary>
public sealed record HarvestSettings
{
    /// <summary>Gets the element type: F16 (the default), BF16 or F32.</summary>
    public TensorDtype Dtype { get; init; } = TensorDtype.F16;

    /// <summary>Gets the vectors of a full shard; 0 (the default) for 2^26 values, 256 MiB in memory for each site.</summary>
    public int RowsPerShard { get; init; }

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

    internal ActivationStoreSettings For(Site site, int width, TokenWindows windows, HarvestOptions options) => new()
    {
        Width = width,
        Dtype = Dtype,
        Site = site.Name,
        Layer = site.Layer,
        Model = Model,
        ModelHash = ModelHash,
        TokenizerHash = TokenizerHash,
        Text = Text,
        TextHash = TextHash,
        Context = windows.Context,
        Seed = windows.Seed,
        Vectors = options.Vectors,
        MostVectors = options.MostVectors,
        Column = windows.Documents.Column,
        Part = windows.Documents.Part?.ToString(),
        RowsPerShard = RowsPerShard,
    };
}

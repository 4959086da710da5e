namespace Saltus.Lm.Activations;

/// <summary>How activations are computed from text.</summary>
public sealed record HarvestOptions
{
    /// <summary>Gets how many vectors to give: further passes over the documents where one holds fewer; null (the default) for one pass.</summary>
    public long? Vectors { get; init; }

    /// <summary>Gets at how many vectors to end, if the documents or <see cref="Vectors"/> do not end before; null (the default) for nowhere.</summary>
    public long? MostVectors { get; init; }

    /// <summary>Gets how many tokens the model reads at a time, about; default 8,192 (32 windows of 256). No result depends on it.</summary>
    public int TokensAtOnce { get; init; } = 8192;

    /// <summary>Gets who is told in a line how an interrupted or damaged store is gone on with; null (the default) for nobody.</summary>
    public Action<string>? Note { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="InputException">A value is below 1.</exception>
    public void Validate()
    {
        if (Vectors is < 1)
        {
            throw new InputException($"number of vectors: expected at least 1, found {Vectors}");
        }

        if (MostVectors is < 1)
        {
            throw new InputException($"most vectors: expected at least 1, found {MostVectors}");
        }

        if (TokensAtOnce < 1)
        {
            throw new InputException($"tokens at a time: expected at least 1, found {TokensAtOnce}");
        }
    }
}

namespace Saltus.Training;

/// <summary>In which order stored vectors are read, and how many.</summary>
public sealed record ReadingOrder
{
    /// <summary>Gets the order of the file, one pass.</summary>
    public static ReadingOrder Sequential { get; } = new();

    /// <summary>Gets the seed of a random order, a new one in each pass; null (the default) for the order of the file.</summary>
    public long? Seed { get; init; }

    /// <summary>Gets how many vectors to give: several passes where there are fewer; null (the default) for one pass.</summary>
    public long? Vectors { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="InputException">The number of vectors is below 1.</exception>
    public void Validate()
    {
        if (Vectors is < 1)
        {
            throw new InputException($"number of vectors: expected at least 1, found {Vectors}");
        }
    }
}

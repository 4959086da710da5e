namespace Saltus.Lm.Activations;

/// <summary>A share of the documents, for one of several processes that work on one corpus: every <paramref name="Of"/>-th document, from <paramref name="Number"/> − 1 on.</summary>
/// <param name="Number">Which part, 1 … <paramref name="Of"/>.</param>
/// <param name="Of">How many parts there are.</param>
public sealed record DocumentPart(int Number, int Of)
{
    private const int MostParts = 99_999;

    /// <summary>Reads a part as people write it.</summary>
    /// <param name="text">Such as "3/16".</param>
    /// <returns>The part; null where the text is no such thing.</returns>
    public static DocumentPart? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] sides = text.Split('/');
        return sides.Length == 2 && int.TryParse(sides[0], out int number) && int.TryParse(sides[1], out int of) && number >= 1 && number <= of && of <= MostParts
            ? new DocumentPart(number, of)
            : null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Number}/{Of}";

    /// <summary>Whether a document belongs to this part.</summary>
    /// <param name="document">Index of the document.</param>
    /// <returns>Whether it does.</returns>
    public bool Holds(int document) => document % Of == Number - 1;

    /// <summary>Gets this part's share of a number of vectors: all parts together give just that number.</summary>
    /// <param name="all">The vectors of all parts.</param>
    /// <returns>Those of this one.</returns>
    public long Share(long all) => (all / Of) + (Number <= all % Of ? 1 : 0);
}

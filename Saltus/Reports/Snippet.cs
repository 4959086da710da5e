namespace Saltus.Reports;

/// <summary>A piece of a document around one token, with a latent's activation on each token.</summary>
/// <remarks>Token texts are best shared strings: the file keeps each distinct text once, and so can the memory.</remarks>
public sealed record Snippet
{
    /// <summary>Gets the text of each token, with the spaces that belong to it; U+FFFD stands for bytes that are no text.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>Gets the activation on each token, 0 where the latent is not active; as many as <see cref="Tokens"/>.</summary>
    public required IReadOnlyList<float> Activations { get; init; }

    /// <summary>Gets the 0-based place in <see cref="Tokens"/> of the token for which the snippet was chosen.</summary>
    public required int Focus { get; init; }

    /// <summary>Gets the 0-based number of the document in its collection, or null.</summary>
    public int? Document { get; init; }

    /// <summary>Gets the document's title, or an empty text.</summary>
    public string Title { get; init; } = string.Empty;

    /// <summary>Gets the source that the document is from, or an empty text.</summary>
    public string Source { get; init; } = string.Empty;

    /// <summary>Gets the 0-based position of the focus token in its document, or null.</summary>
    public long? Position { get; init; }
}

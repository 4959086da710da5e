namespace Saltus.Lm.Activations;

/// <summary>
/// A stretch of one document as the language model reads it: BOS in front where the tokenizer has one, then consecutive tokens of the
/// document. Windows never cross documents.
/// </summary>
/// <param name="document">Index of the document.</param>
/// <param name="start">Index, among the document's tokens, of the first one in the window.</param>
/// <param name="ids">Token ids, BOS included; at least 2.</param>
/// <param name="hasBos">Whether the first id was put in front.</param>
/// <param name="counted">Which positions of the window are harvested, trained on, spliced and counted in metrics: not those of special tokens.</param>
public sealed class TokenWindow(int document, int start, int[] ids, bool hasBos, bool[] counted)
{
    /// <summary>Gets the index of the document.</summary>
    public int Document { get; } = document;

    /// <summary>Gets the index, among the document's tokens, of the first one in the window (BOS is not one).</summary>
    public int Start { get; } = start;

    /// <summary>Gets the token ids, BOS included; at least 2.</summary>
    public int[] Ids { get; } = ids;

    /// <summary>Gets whether a BOS was put in front.</summary>
    public bool HasBos { get; } = hasBos;

    /// <summary>Gets which positions count, [length]: not those of BOS, EOS, padding and other special tokens.</summary>
    public bool[] Counted { get; } = counted;

    /// <summary>Gets the number of ids, BOS included.</summary>
    public int Length => Ids.Length;

    /// <summary>Gets how many positions count.</summary>
    public int CountedTokens { get; } = counted.AsSpan().Count(true);

    /// <summary>Gets the index, among the document's tokens, of the token at a position of the window; −1 for the BOS put in front.</summary>
    /// <param name="position">Position in the window, 0-based.</param>
    /// <returns>The index in the document.</returns>
    public int DocumentPosition(int position) => HasBos && position == 0 ? -1 : Start + position - (HasBos ? 1 : 0);
}

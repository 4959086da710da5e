namespace Saltus.Lm.Activations;

/// <summary>One text of a corpus.</summary>
/// <param name="Index">Its place among all documents of the reader, 0-based; the same in every pass and whatever the order of reading.</param>
/// <param name="Text">The text.</param>
/// <param name="Source">What collection it is from, where the file says so.</param>
/// <param name="Title">Its title, where the file says so; the file's name for a text file.</param>
public sealed record Document(int Index, string Text, string? Source, string? Title)
{
    /// <summary>Gets its token ids where the file holds these in place of text; null where it holds text.</summary>
    public ReadOnlyMemory<int>? Tokens { get; init; }
}

namespace Saltus.Reports;

/// <summary>Snippets sampled uniformly from the tokens whose activation lies in one interval.</summary>
/// <param name="Low">The interval's lower end, exclusive.</param>
/// <param name="High">Its upper end, inclusive.</param>
/// <param name="Count">On how many tokens the activation lies in the interval.</param>
/// <param name="Snippets">The sample.</param>
public sealed record SnippetInterval(double Low, double High, long Count, IReadOnlyList<Snippet> Snippets);

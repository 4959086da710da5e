namespace Saltus.Cli.Releases;

/// <summary>SAEs that were published together under one name.</summary>
/// <param name="Name">The name, as SAELens spells it.</param>
/// <param name="Repository">The hub's repository.</param>
/// <param name="Model">The language model.</param>
/// <param name="Loader">The name of the reader that its files need.</param>
/// <param name="Saes">The SAEs, in the order of the list.</param>
internal sealed record Release(string Name, string Repository, string Model, string Loader, IReadOnlyList<ReleaseSae> Saes);

namespace Saltus.Lm.Models;

/// <summary>Reads a site of a run, after the edits there.</summary>
/// <param name="Site">The place.</param>
/// <param name="Read">Is given the activation.</param>
public sealed record Tap(Site Site, ActivationReader Read);

namespace Saltus.Lm.Models;

/// <summary>Replaces a site of a run: splices, steers, ablates. All that lies above computes with the new values.</summary>
/// <param name="Site">The place.</param>
/// <param name="Change">Is given the activation to change.</param>
public sealed record Edit(Site Site, ActivationEditor Change);

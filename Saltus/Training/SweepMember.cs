namespace Saltus.Training;

/// <summary>One SAE of a sweep.</summary>
/// <param name="Name">Its name and that of its folder, such as "jumprelu-l0-32-m2048-s0".</param>
/// <param name="Configuration">Completed by its recipe; <c>train --config</c> with it trains this SAE alone, to the same bytes.</param>
public sealed record SweepMember(string Name, RunConfiguration Configuration);

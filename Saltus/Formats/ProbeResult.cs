namespace Saltus.Formats;

/// <summary>What a comparison on a probe batch found.</summary>
/// <param name="Note">One sentence.</param>
internal sealed record ProbeResult(string Note);

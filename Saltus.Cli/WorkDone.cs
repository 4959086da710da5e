namespace Saltus.Cli;

/// <summary>How far long work has come.</summary>
/// <param name="Stage">What is being done, such as "train".</param>
/// <param name="Done">Units done.</param>
/// <param name="Of">Units in all; null where that is unknown.</param>
/// <param name="Unit">What is counted, such as "tokens".</param>
/// <param name="Detail">What else is worth a look, such as "L0 33.1"; null for nothing.</param>
internal readonly record struct WorkDone(string Stage, long Done, long? Of, string Unit, string? Detail = null);

namespace Saltus.Reports;

/// <summary>One line of a report's list of facts.</summary>
/// <param name="Name">What it is, such as "Saltus" or "Learning rate".</param>
/// <param name="Value">Its value as text.</param>
public sealed record ReportFact(string Name, string Value);

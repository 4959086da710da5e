namespace Saltus.Reports;

/// <summary>One bin of a histogram, [low, high).</summary>
/// <param name="Low">Its lower edge.</param>
/// <param name="High">Its upper edge.</param>
/// <param name="Count">How many fell into it.</param>
public readonly record struct HistogramBin(double Low, double High, long Count);

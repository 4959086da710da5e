namespace Saltus.Lm.Interpretation;

/// <summary>How far an evaluation is.</summary>
/// <param name="Windows">Windows done.</param>
/// <param name="TotalWindows">Windows in all.</param>
/// <param name="Tokens">Activation vectors done.</param>
public readonly record struct FidelityProgress(int Windows, int TotalWindows, long Tokens);

namespace Saltus.Lm.Models;

/// <summary>Is given each token as it is generated.</summary>
/// <param name="sequence">Index of the prompt.</param>
/// <param name="token">The new token.</param>
public delegate void TokenReader(int sequence, int token);

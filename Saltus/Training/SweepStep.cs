namespace Saltus.Training;

/// <summary>How far the training of a sweep has come.</summary>
/// <param name="Member">The SAE that took a step.</param>
/// <param name="Step">What the step did.</param>
/// <param name="Tokens">Training tokens done, of all SAEs together.</param>
/// <param name="TotalTokens">Of so many.</param>
public readonly record struct SweepStep(SweepMember Member, TrainingStep Step, long Tokens, long TotalTokens);

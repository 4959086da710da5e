namespace Saltus.Lm.Interpretation;

/// <summary>Two tokens whose logits are compared: what is measured is the first's less the second's.</summary>
/// <param name="Plus">Id of the first.</param>
/// <param name="Minus">Id of the second.</param>
public readonly record struct LogitPair(int Plus, int Minus)
{
    /// <summary>Computes the difference.</summary>
    internal double Of(ReadOnlySpan<float> logits) => (double)logits[Plus] - logits[Minus];
}

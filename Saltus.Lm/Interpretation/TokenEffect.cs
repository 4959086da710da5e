namespace Saltus.Lm.Interpretation;

/// <summary>What an intervention does to the prediction that is made at one position.</summary>
/// <param name="Window">Index of the window.</param>
/// <param name="Position">Position in the window at which the next token is predicted.</param>
/// <param name="Clean">Loss of the token that follows, nats, without the intervention; NaN at the last position.</param>
/// <param name="Changed">The same with it.</param>
/// <param name="Kl">Divergence of the changed prediction from the clean one, nats.</param>
/// <param name="CleanDifference">Difference of the chosen logits without the intervention; NaN where none was chosen.</param>
/// <param name="ChangedDifference">The same with it.</param>
public readonly record struct TokenEffect(int Window, int Position, double Clean, double Changed, double Kl, double CleanDifference, double ChangedDifference)
{
    /// <summary>Gets whether a token follows, so that there is a loss.</summary>
    public bool IsPredicting => !double.IsNaN(Clean);
}

namespace Saltus.Training;

/// <summary>In what a latent's silence is counted.</summary>
public enum DeadRule
{
    /// <summary>Dead when silent on at least that many training tokens, the current batch included.</summary>
    Tokens,

    /// <summary>Dead when more than that many steps passed without firing, the current step not included (SAELens).</summary>
    Steps,
}

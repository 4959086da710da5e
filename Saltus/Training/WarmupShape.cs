namespace Saltus.Training;

/// <summary>How a learning rate rises at the start.</summary>
public enum WarmupShape
{
    /// <summary>From 0.1 of the rate to the rate along half a cosine (Gemma Scope).</summary>
    Cosine,

    /// <summary>From 0 to the rate along a line (dictionary_learning).</summary>
    Linear,
}

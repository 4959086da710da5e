namespace Saltus.Lm.Activations;

/// <summary>A store of activations cannot be used; the message names shard and tensor.</summary>
/// <param name="error">What is wrong.</param>
/// <param name="message">One line.</param>
/// <param name="innerException">What caused it, if anything did.</param>
public sealed class ActivationStoreException(ActivationStoreError error, string message, Exception? innerException = null)
    : InputException(message, innerException!)
{
    /// <summary>Gets what is wrong.</summary>
    public ActivationStoreError Error { get; } = error;
}

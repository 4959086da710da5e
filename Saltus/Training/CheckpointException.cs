namespace Saltus.Training;

/// <summary>A run cannot be gone on with from its checkpoints; the message names file and field.</summary>
/// <param name="error">What is wrong.</param>
/// <param name="message">One line.</param>
/// <param name="innerException">What caused it, if anything did.</param>
public sealed class CheckpointException(CheckpointError error, string message, Exception? innerException = null)
    : InputException(message, innerException!)
{
    /// <summary>Gets what is wrong.</summary>
    public CheckpointError Error { get; } = error;
}

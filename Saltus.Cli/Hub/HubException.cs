namespace Saltus.Cli.Hub;

/// <summary>The hub, or the way to it, did not give what was asked for.</summary>
/// <param name="error">What went wrong.</param>
/// <param name="message">One line: what was asked, what was found, what to do.</param>
/// <param name="retryAfter">How long the hub asks to wait; null where it does not say.</param>
/// <param name="innerException">What the network said; null for nothing.</param>
internal sealed class HubException(HubError error, string message, TimeSpan? retryAfter = null, Exception? innerException = null) : InputException(message, innerException!)
{
    /// <summary>Gets what went wrong.</summary>
    public HubError Error { get; } = error;

    /// <summary>Gets how long the hub asks to wait before the request is repeated.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Gets whether the same request may succeed a little later.</summary>
    public bool IsTransient => Error is HubError.Connection or HubError.Busy or HubError.Server;
}

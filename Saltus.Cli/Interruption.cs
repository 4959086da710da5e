using System.Runtime.InteropServices;

namespace Saltus.Cli;

/// <summary>
/// SIGINT and SIGTERM: the first asks the work to stop, which it does where it is safe; a second, or a long wait, ends the process.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private Timer? _timer;
    private volatile bool _atOnce;

    /// <summary>Takes the signals over.</summary>
    public Interruption()
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        ];
    }

    /// <summary>Gets the token that the first signal cancels.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Makes the first signal end the process: for work that leaves nothing behind.</summary>
    public void ExitAtOnce() => _atOnce = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _timer?.Dispose();
        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (_atOnce || _source.IsCancellationRequested)
        {
            Exit();
        }

        _timer = new Timer(_ => Exit(), state: null, s_patience, Timeout.InfiniteTimeSpan);
        _source.Cancel();
    }

    private static void Exit()
    {
        Console.Error.WriteLine($"{Tool.Name}: interrupted");
        Environment.Exit(ExitCode.Interrupted);
    }
}

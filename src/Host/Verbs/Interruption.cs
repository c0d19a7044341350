using System.Runtime.InteropServices;

namespace Caudal.Host.Verbs;

/// <summary>Ctrl-C and SIGTERM: the first asks for an orderly end, the second ends at once.</summary>
sealed class Interruption : IDisposable
{
    readonly CancellationTokenSource _source = new();
    readonly PosixSignalRegistration[] _registrations;

    public Interruption() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt),
    ];

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    void Interrupt(PosixSignalContext context)
    {
        context.Cancel = true;
        // Whatever the impatient leave behind is what a kill leaves behind: the next start goes on from it.
        if (_source.IsCancellationRequested)
            Environment.Exit(128 + (context.Signal == PosixSignal.SIGINT ? 2 : 15));
        _ = _source.CancelAsync();
    }
}

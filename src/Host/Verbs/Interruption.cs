using System.Runtime.InteropServices;

namespace Caudal.Host.Verbs;

/// <summary>
/// Ctrl-C and SIGTERM: the first asks for an orderly end. A second Ctrl-C ends at once; a second SIGTERM is only the first one again,
/// since a supervisor that signals a group and a parent that passes it on bring it twice.
/// </summary>
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
        if (_source.IsCancellationRequested && context.Signal == PosixSignal.SIGINT)
            Environment.Exit(128 + 2);
        _ = _source.CancelAsync();
    }
}

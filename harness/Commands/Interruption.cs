using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Persistence.Harness.Commands;

/// <summary>
/// Ctrl+C and the signals that ask a process to end: the first ends the run, which then cleans up; one that comes later than a second after it ends the
/// process. Those before are the same request: <c>timeout</c> signals its child and then the child's group.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private static readonly TimeSpan SameRequest = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private long _first;

    public Interruption()
    {
        PosixSignal[] signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];
        _registrations = [.. signals.Select(signal => PosixSignalRegistration.Create(signal, Interrupt))];
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Lets go of the signals; not of the token, which one that comes just now still cancels.</summary>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
    }

    private void Interrupt(PosixSignalContext context)
    {
        long now = Stopwatch.GetTimestamp();
        long first = Interlocked.CompareExchange(ref _first, now, 0);
        context.Cancel = first == 0 || Stopwatch.GetElapsedTime(first, now) < SameRequest;
        _source.Cancel();
    }
}

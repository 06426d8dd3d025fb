using Persistence.Terminals.Pty.Piped;
using Persistence.Platform;

namespace Persistence.Terminals.Pty;

/// <summary>A system on which no program can be started.</summary>
/// <param name="scheduler">What a poller waits by.</param>
/// <param name="clock">What it measures its waits by.</param>
/// <param name="reason">Why, in words.</param>
internal sealed class UnsupportedPtySystem(IScheduler scheduler, TimeProvider clock, string reason) : IPtySystem
{
    public IPty Spawn(PtyStart start)
    {
        PtyStartCheck.ThrowIfInvalid(start);
        throw new PtySpawnException(PtySpawnFault.NotSupported, start, reason);
    }

    public IPtyPoller CreatePoller() => new GatePoller(scheduler, clock);
}

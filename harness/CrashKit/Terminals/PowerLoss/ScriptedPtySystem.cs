using System.Globalization;
using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Worker;
using Persistence.Platform;
using Persistence.Terminals.Pty;

namespace Persistence.CrashKit.Terminals.PowerLoss;

/// <summary>Terminals of scripted programs. A program's only argument is the seed of what it does.</summary>
/// <param name="scheduler">Where waits come from.</param>
/// <param name="clock">The time.</param>
/// <param name="seed">Where the sizes of pieces come from.</param>
/// <param name="firstProcessId">The first process's id; the others follow.</param>
internal sealed class ScriptedPtySystem(IScheduler scheduler, TimeProvider clock, long seed, int firstProcessId) : IPtySystem
{
    private readonly SimulatedRandom _random = new(seed);
    private int _started;

    /// <summary>All that were started, in order.</summary>
    public List<ScriptedPty> Started { get; } = [];

    public IPty Spawn(PtyStart start)
    {
        // Starting again is another program: what it writes is told from what the one before wrote.
        long program = Mixer.Combine(long.Parse(start.Arguments[0], CultureInfo.InvariantCulture), firstProcessId + _started);
        ScriptedPty pty = new(this, firstProcessId + _started++, clock.GetUtcNow(), start.Arguments[0], new ScriptedProgram(program));
        Started.Add(pty);
        return pty;
    }

    public IPtyPoller CreatePoller() => new ScriptedPoller(scheduler);

    public int Draw(int below) => _random.Next(below);
}

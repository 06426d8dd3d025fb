using Persistence.CrashKit.Protocol;

namespace Persistence.CrashKit.Worker;

/// <summary>Counts passages of the point the worker is to die at, and kills it there. Thread-safe.</summary>
internal sealed class KillTrigger(WorkerChannel channel)
{
    private KillOrder? _order;
    private WorkerPhase _phase;
    private int _passed;

    /// <summary>How much of a write is written before the end, when a write is where the worker dies.</summary>
    public KillOrder? Order => Volatile.Read(ref _order);

    public void Arm(KillOrder? order)
    {
        Volatile.Write(ref _passed, 0);
        Volatile.Write(ref _order, order);
    }

    public void Enter(WorkerPhase phase) => _phase = phase;

    /// <summary>Whether this is the passage to die at.</summary>
    public bool Reaches(KillPoint point) =>
        Order is KillOrder order
        && order.Point == point
        && KillPoints.PhaseOf(point) == _phase
        && Interlocked.Increment(ref _passed) == order.Skip + 1;

    /// <summary>Says where, and ends the process.</summary>
    public void Fire()
    {
        channel.Mark(KillPoints.NameOf(Order!.Point));
        SelfKill.Now();
    }

    /// <summary>Says that the store has done something; nobody depends on it.</summary>
    public void Say(string deed) => channel.Did(deed);

    /// <summary>Dies here, if this is the passage.</summary>
    public void Pass(KillPoint point)
    {
        if (Reaches(point))
            Fire();
    }

    /// <summary>A change of any kind while a store is created or opened.</summary>
    public void PassChange()
    {
        Pass(KillPoint.InsideCreation);
        Pass(KillPoint.InsideRecovery);
    }
}

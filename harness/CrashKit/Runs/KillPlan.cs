using Persistence.CrashKit.Protocol;

namespace Persistence.CrashKit.Runs;

/// <summary>How one worker is to die.</summary>
/// <param name="Moment">What the moment depends on.</param>
/// <param name="Delay">For a signal: how long after the opening was asked for or the workload started; for a point of the opening, in case it is not reached, too.</param>
/// <param name="Order">For a named point: which passage of it.</param>
internal sealed record KillPlan(KillMoment Moment, TimeSpan Delay, KillOrder? Order);

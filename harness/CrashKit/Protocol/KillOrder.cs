namespace Persistence.CrashKit.Protocol;

/// <summary>Where exactly a worker is to kill itself.</summary>
/// <param name="Point">The point.</param>
/// <param name="Skip">How many times it is passed by first.</param>
/// <param name="CutFraction">At a write: how much of it is written, 0 to 1.</param>
/// <param name="LeavesGarbage">At a write: whether the rest is written too, with some bytes wrong, as a torn sector would leave it.</param>
internal sealed record KillOrder(KillPoint Point, int Skip, double CutFraction, bool LeavesGarbage);

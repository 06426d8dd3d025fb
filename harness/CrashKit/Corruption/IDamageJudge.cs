namespace Persistence.CrashKit.Corruption;

/// <summary>Damages a subject, lets the engine loose on it, and says what must not be of what came of it. For one thread.</summary>
internal interface IDamageJudge
{
    /// <summary>Judges one damage.</summary>
    /// <param name="damage">What is done.</param>
    /// <param name="choice">A number that decides what else is tried.</param>
    DamageOutcome Judge(Damage damage, ulong choice);
}

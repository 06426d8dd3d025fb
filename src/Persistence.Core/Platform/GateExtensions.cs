namespace Persistence.Platform;

/// <summary>What is done with an <see cref="IGate"/> that nobody pulses.</summary>
internal static class GateExtensions
{
    /// <summary>Lets time pass.</summary>
    /// <param name="gate">A gate of the caller's own.</param>
    /// <param name="time">How long.</param>
    public static void Pause(this IGate gate, TimeSpan time)
    {
        gate.Enter();
        gate.Wait(time);
        gate.Exit();
    }
}

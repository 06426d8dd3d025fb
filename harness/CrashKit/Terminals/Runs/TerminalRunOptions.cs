using Persistence.CrashKit.Runs;

namespace Persistence.CrashKit.Terminals.Runs;

/// <summary>What a kill run of hosts of terminals does.</summary>
public sealed record TerminalRunOptions
{
    /// <summary>The name of the workload.</summary>
    public const string Workload = "terminals";

    /// <summary>Kills, seed, lanes, durability; its worker is a host of terminals (samples/TerminalHost), started with the arguments that are added to it.</summary>
    public required KillRunOptions Run { get; init; }

    /// <summary>Whether the host is wrapped so that it acknowledges before it has logged: the run has to convict it.</summary>
    public bool IsEager { get; init; }
}

using Persistence.Terminals;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>What goes on in a pane, as far as it is certain.</summary>
/// <param name="Status">Whether a program runs.</param>
/// <param name="ExitCode">How it has ended, or null.</param>
/// <param name="ProcessId">Which it is, or was; null: there never was one.</param>
/// <param name="Signal">The signal that has ended it, or 0.</param>
internal sealed record ProgramState(PaneStatus Status, int? ExitCode, int? ProcessId, int Signal = 0)
{
    public static ProgramState New { get; } = new(PaneStatus.Detached, null, null);

    public static ProgramState Of(PaneState state) => new(state.Status, state.ExitCode, state.Process?.Id, state.Signal);

    public override string ToString() => Status switch
    {
        PaneStatus.Running => $"running as {ProcessId}",
        PaneStatus.Exited => Signal == 0 ? $"exited with {ExitCode}" : $"exited with {ExitCode}, by signal {Signal}",
        _ => ProcessId is null ? "never started" : $"detached from {ProcessId}",
    };
}

using Persistence.Checkpoints;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Terminals;

namespace Persistence.CrashKit.Terminals.Runs;

/// <summary>A store whose host is dead, read by the harness with its own engine; nothing in it is changed.</summary>
internal sealed class StoreInspection : IDisposable
{
    private readonly TerminalState _terminals = new();
    private readonly PersistenceStore _store;

    /// <exception cref="StoreException">It cannot be opened.</exception>
    public StoreInspection(string directory) => _store = PersistenceStore.OpenReadOnly(StoreHost.ForDirectory(directory), [_terminals]);

    public TerminalTree Tree => _terminals.Tree;

    /// <summary>Whether the host had closed it.</summary>
    public bool WasClean => _store.RecoveryReport.WasClean;

    public long RecordsReplayed => _store.RecoveryReport.RecordsReplayed;

    /// <summary>The number of the newest log segment: they are counted from 1.</summary>
    public long NewestSegment => _store.GetStatus().ActiveSegment;

    public IReadOnlyList<CheckpointInfo> Checkpoints => _store.GetCheckpoints();

    public PaneOutput FindOutput(PaneId pane) => _terminals.FindOutput(pane)!;

    public void Dispose() => _store.Dispose();
}

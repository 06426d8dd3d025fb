using System.Text;
using Persistence.Configuration;
using Persistence.Engine;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Persistence.Tests.Engine;

namespace Persistence.Tests.Terminals;

/// <summary>A store with terminal state, on a simulated file system unless another is given.</summary>
internal sealed class TerminalStore : IDisposable
{
    public static readonly PaneConfiguration Shell = new() { Command = "/bin/sh" };

    /// <summary>As many increments as there is room for.</summary>
    public static readonly StoreOptions Increments = TestStore.SmallOptions with { CheckpointIncrementFromBytes = 0, CheckpointIncrementsMax = 8, CompactionRatioPercent = 0 };

    private TerminalStore(StoreHost host, StoreOptions? options, RecoveryMode mode, bool readOnly, RecoveryTarget? target)
    {
        Files = host.Files;
        Terminals = new TerminalState();
        Store = readOnly ? PersistenceStore.OpenReadOnly(host, [Terminals], mode, target: target) : PersistenceStore.Open(host, options ?? TestStore.SmallOptions, [Terminals], mode, target: target);
    }

    public IFileSystem Files { get; }

    public PersistenceStore Store { get; }

    public TerminalState Terminals { get; }

    public static TerminalStore Create(IFileSystem? files = null, StoreOptions? options = null) => Create(TestStore.HostFor(files ?? new SimulatedFileSystem()), options);

    public static TerminalStore Create(StoreHost host, StoreOptions? options = null)
    {
        PersistenceStore.Create(host, options ?? TestStore.SmallOptions);
        return Open(host, options);
    }

    public static TerminalStore Open(IFileSystem files, StoreOptions? options = null, RecoveryMode mode = RecoveryMode.Strict) => Open(TestStore.HostFor(files), options, mode);

    public static TerminalStore Open(StoreHost host, StoreOptions? options = null, RecoveryMode mode = RecoveryMode.Strict, RecoveryTarget? target = null) =>
        new(host, options, mode, readOnly: false, target);

    public static TerminalStore OpenReadOnly(IFileSystem files, RecoveryTarget? target = null) => new(TestStore.HostFor(files), null, RecoveryMode.Strict, readOnly: true, target);

    /// <summary>A session with one window of one pane.</summary>
    public PaneId AddPane(string session = "work", ScrollbackLimits? limits = null, PaneConfiguration? configuration = null)
    {
        PaneId pane = default;
        Change(batch => pane = batch.CreatePane(batch.CreateWindow(batch.CreateSession(session), "shell"), (configuration ?? Shell) with { Scrollback = limits }, TerminalSize.Default));
        return pane;
    }

    public CommitResult Change(Action<TerminalBatch> change)
    {
        TerminalBatch batch = Terminals.CreateBatch();
        change(batch);
        return Terminals.Commit(batch);
    }

    public void Write(PaneId pane, ReadOnlySpan<byte> bytes)
    {
        TerminalBatch batch = Terminals.CreateBatch();
        batch.AppendOutput(pane, bytes);
        Terminals.Commit(batch);
    }

    public void Write(PaneId pane, string text) => Write(pane, Encoding.UTF8.GetBytes(text));

    public byte[] Read(PaneId pane) => Terminals.FindOutput(pane)!.ReadAll();

    public string ReadText(PaneId pane) => Encoding.UTF8.GetString(Read(pane));

    /// <summary>The whole state as text, for comparing.</summary>
    public string Dump() => TerminalDump.Of(Terminals);

    public void Dispose() => Store.Dispose();
}

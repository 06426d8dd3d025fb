using System.Text;
using Persistence.Configuration;
using Persistence.Engine;
using Persistence.Recovery;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Persistence.Tests.Engine;

namespace Persistence.Tests.Terminals;

/// <summary>A store with terminal state, on a simulated file system unless another is given.</summary>
internal sealed class TerminalStore : IDisposable
{
    public static readonly PaneConfiguration Shell = new() { Command = "/bin/sh" };

    private TerminalStore(StoreHost host, StoreOptions? options, RecoveryMode mode, bool readOnly)
    {
        Files = host.Files;
        Terminals = new TerminalState();
        Store = readOnly ? PersistenceStore.OpenReadOnly(host, [Terminals], mode) : PersistenceStore.Open(host, options ?? TestStore.SmallOptions, [Terminals], mode);
    }

    public IFileSystem Files { get; }

    public PersistenceStore Store { get; }

    public TerminalState Terminals { get; }

    public static TerminalStore Create(IFileSystem? files = null, StoreOptions? options = null)
    {
        StoreHost host = TestStore.HostFor(files ?? new SimulatedFileSystem());
        PersistenceStore.Create(host, options ?? TestStore.SmallOptions);
        return new TerminalStore(host, options, RecoveryMode.Strict, readOnly: false);
    }

    public static TerminalStore Open(IFileSystem files, StoreOptions? options = null, RecoveryMode mode = RecoveryMode.Strict) => new(TestStore.HostFor(files), options, mode, readOnly: false);

    public static TerminalStore OpenReadOnly(IFileSystem files) => new(TestStore.HostFor(files), null, RecoveryMode.Strict, readOnly: true);

    /// <summary>A session with one window of one pane.</summary>
    public PaneId AddPane(string session = "work", ScrollbackLimits? limits = null)
    {
        TerminalBatch batch = Terminals.CreateBatch();
        WindowId window = batch.CreateWindow(batch.CreateSession(session), "shell");
        PaneId pane = batch.CreatePane(window, Shell with { Scrollback = limits }, TerminalSize.Default);
        Terminals.Commit(batch);
        return pane;
    }

    public void Change(Action<TerminalBatch> change)
    {
        TerminalBatch batch = Terminals.CreateBatch();
        change(batch);
        Terminals.Commit(batch);
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

    public void Dispose() => Store.Dispose();
}

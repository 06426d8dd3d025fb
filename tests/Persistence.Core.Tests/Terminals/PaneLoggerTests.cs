using Persistence.Platform;
using Persistence.Terminals;
using Persistence.Terminals.Pty;
using Xunit;

namespace Persistence.Tests.Terminals;

public sealed class PaneLoggerTests
{
    private const int Panes = 12;

    /// <summary>Twelve panes have three commits full of output: of those that write much, none is to wait until the others have nothing.</summary>
    [Fact]
    public void What_has_waited_longest_is_logged_first()
    {
        using TerminalStore store = TerminalStore.Create(options: HostedStore.SyncOptions);
        PaneTable table = new(SystemScheduler.Instance, TimeProvider.System, new NoPoller()) { IsLoggingOver = true };
        for (int i = 0; i < Panes; i++)
            table.Panes.Add(AddPane(store, i, out LivePane live), live);
        new PaneLogger(table, store.Terminals, () => HostedStore.SyncOptions, HostedStore.Context()).Run();
        PaneId[] logged = [.. TerminalLog.Read(store.Store).Where(static change => change.OutputBytes is not null).Select(static change => change.Pane!.Value)];
        Assert.Equal(table.Panes.Values.OrderBy(static pane => pane.ReadSince).Select(static pane => pane.Id), logged);
        Assert.All(table.Panes.Values, static pane => Assert.Equal(1 << 20, pane.LoggedBytes));
    }

    private static PaneId AddPane(TerminalStore store, int number, out LivePane live)
    {
        PaneId pane = store.AddPane($"session{number}");
        live = new LivePane(pane, new NoPty(), new PaneProcess(1, DateTimeOffset.UnixEpoch, "", ""), TerminalSize.Default) { ReadSince = 1 + ((number * 5) % Panes) };
        live.Read.Write(new byte[1 << 20]);
        return pane;
    }

    private sealed class NoPoller : IPtyPoller
    {
        public void Add(IPty pty) => throw new NotSupportedException();

        public void Remove(IPty pty) => throw new NotSupportedException();

        public void Watch(IPty pty, PtyInterest interest) => throw new NotSupportedException();

        public void Wake()
        {
        }

        public void Wait(ICollection<PtyEvent> ready, TimeSpan timeout) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }

    private sealed class NoPty : IPty
    {
        public int ProcessId => 1;

        public DateTimeOffset StartTime => DateTimeOffset.UnixEpoch;

        public int Read(Span<byte> buffer) => throw new NotSupportedException();

        public int Write(ReadOnlySpan<byte> bytes) => throw new NotSupportedException();

        public void Resize(TerminalSize size) => throw new NotSupportedException();

        public PtyExit? FindExit() => throw new NotSupportedException();

        public string? FindWorkingDirectory() => throw new NotSupportedException();

        public void Kill() => throw new NotSupportedException();

        public void Dispose() => throw new NotSupportedException();
    }
}

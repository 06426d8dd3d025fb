using Persistence.Platform;
using Persistence.State;
using Persistence.Terminals;
using Persistence.Terminals.Pty;
using Persistence.Tests.Terminals.Pty;
using Xunit;

namespace Persistence.Tests.Terminals;

/// <summary>The thread that reads, on the thread of the test: a poller says what comes next.</summary>
public sealed class PaneReaderTests
{
    private const int OutputBytes = 5 << 20;
    private const int TurnsMax = 6;

    [Fact]
    public void A_pane_held_back_while_checkpoints_catch_up_is_read_again()
    {
        using TerminalStore store = TerminalStore.Create();
        PressedSink sink = new(store.Store);
        ((IStateModel)store.Terminals).Attach(sink);
        PaneId id = store.AddPane();
        // Asks for a checkpoint, which takes what there is to take, and none of it is ever stored.
        sink.Refusals = int.MaxValue;
        for (int written = 0; written < OutputBytes; written += 1 << 16)
            store.Write(id, new byte[1 << 16]);
        sink.Refusals = 0;

        using ForeignPty pty = new();
        using ScriptedPoller poller = new();
        PaneTable table = new(SystemScheduler.Instance, TimeProvider.System, poller);
        PaneReader reader = new(table, store.Terminals, () => store.Store.Options, "host");
        LivePane pane = new(id, pty, new PaneProcess(1, DateTimeOffset.UnixEpoch, "", "host"), TerminalSize.Default);
        table.Panes.Add(id, pane);
        table.Call(pane);
        poller.Turn = turn =>
        {
            table.IsReadingOver = turn == TurnsMax;
            if (turn != 1)
                return;
            // Who looks at the pane sees that there is too much, once; at the next look there no longer is.
            sink.Refusals = 1;
            table.Call(pane);
        };
        reader.Run();
        Assert.Contains(PtyInterest.None, poller.Interests);
        Assert.Equal(PtyInterest.Output, poller.Interests[^1]);
    }

    private sealed class ScriptedPoller : IPtyPoller
    {
        private int _turns;

        public List<PtyInterest> Interests { get; } = [];

        public Action<int> Turn { get; set; } = static _ => { };

        public void Add(IPty pty)
        {
        }

        public void Remove(IPty pty)
        {
        }

        public void Watch(IPty pty, PtyInterest interest) => Interests.Add(interest);

        public void Wake()
        {
        }

        public void Wait(ICollection<PtyEvent> ready, TimeSpan timeout)
        {
            ready.Clear();
            Turn(++_turns);
        }

        public void Dispose()
        {
        }
    }
}

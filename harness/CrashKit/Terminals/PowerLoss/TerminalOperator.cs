using System.Collections.Immutable;
using System.Globalization;
using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.CrashKit.Terminals.Model;
using Persistence.CrashKit.Worker;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Terminals;

namespace Persistence.CrashKit.Terminals.PowerLoss;

/// <summary>
/// Does to terminals what people do: one thing after the other, and notes what was begun and what has come back. In its trees sessions, windows and panes have the store's own numbers: a batch tells them at once.
/// </summary>
internal sealed class TerminalOperator(TerminalRunPlan plan, int epoch, PersistenceStore store, PaneHost panes, TerminalHistory history, Func<long> mark)
{
    private readonly Random _random = new(Mixer.Fold(Mixer.Combine(plan.Seed, 3000 + epoch)));
    private int _number;

    private TreeModel Tree => history.Tree;

    public void Run()
    {
        for (; _number < plan.Operations; _number++)
            DoOne();
    }

    private void DoOne()
    {
        int kind = _random.Next(30);
        if (Tree.Panes.Count == 0 || kind < 3)
            CreateSession();
        else if (kind < 5)
            CreateWindow();
        else if (kind < 8)
            CreatePane();
        else if (kind < 14)
            Send(new PaneId(Pick(Tree.Panes)));
        else if (kind < 17)
            Flush();
        else if (kind < 18)
            store.TakeCheckpoint(new CheckpointRequest { Kind = _random.Next(2) == 0 ? CheckpointKind.Automatic : CheckpointKind.Full });
        else
            Change(kind);
    }

    private void Send(PaneId pane)
    {
        try
        {
            panes.Send(pane, "go\n"u8);
        }
        catch (StoreException e) when (e.Error == StoreError.PaneNotRunning)
        {
            // It has ended by itself.
        }
    }

    private void Change(int kind)
    {
        int session = Pick(Tree.Sessions);
        int window = Pick(Tree.Windows);
        int pane = Pick(Tree.Panes);
        string text = string.Create(CultureInfo.InvariantCulture, $"text-{epoch}-{_number}");
        int size = 1 + _random.Next(200);
        string key = $"KEY{_random.Next(3)}";
        switch (kind)
        {
            case 18:
                Commit(batch => batch.RenameSession(new SessionId(session), text), tree => tree.RenameSession(session, text));
                break;
            case 19:
                Commit(batch => batch.RenameWindow(new WindowId(window), text), tree => tree.RenameWindow(window, text));
                break;
            case 20 or 21:
                Commit(batch => batch.ResizePane(new PaneId(pane), new TerminalSize(size, size + 1)), tree => tree.ResizePane(pane, size, size + 1));
                break;
            case 22:
                Commit(batch => batch.SetMetadata(new SessionId(session), key, text), tree => tree.SetMetadata(session, key, text));
                break;
            case 23:
                Commit(batch => batch.UnsetMetadata(new SessionId(session), key), tree => tree.UnsetMetadata(session, key));
                break;
            case 24:
                Commit(batch => batch.SetEnvironment(new SessionId(session), EnvironmentEntry.Set(key, text)), tree => tree.SetEnvironment(session, key, VariableText.Set(text)));
                break;
            case 25:
                int owner = Tree.Windows[window].Session;
                Commit(batch => batch.SelectWindow(new SessionId(owner), new WindowId(window)), tree => tree.SelectWindow(owner, window));
                break;
            case 26:
                int place = Tree.Panes[pane].Window;
                Commit(batch => batch.SelectPane(new WindowId(place), new PaneId(pane)), tree => tree.SelectPane(place, pane));
                break;
            case 27:
                Commit(batch => batch.MoveWindow(new WindowId(window), new SessionId(session)), tree => tree.MoveWindow(window, session, index: null));
                break;
            case 28:
                Commit(batch => batch.DestroyPane(new PaneId(pane)), tree => tree.DestroyPane(pane));
                break;
            default:
                if (_random.Next(3) > 0)
                    Commit(batch => batch.DestroyWindow(new WindowId(window)), tree => tree.DestroyWindow(window));
                else
                    Commit(batch => batch.DestroySession(new SessionId(session)), tree => tree.DestroySession(session));
                break;
        }
    }

    private void CreateSession()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"session-{epoch}-{_number}");
        PaneId pane = default;
        Commit(
            batch =>
            {
                SessionId session = batch.CreateSession(name);
                WindowId window = batch.CreateWindow(session, "first");
                pane = batch.CreatePane(window, Program(), TerminalSize.Default);
                return tree => tree.CreateSession(KeyOf(session.Value), name).CreateWindow(KeyOf(window.Value), KeyOf(session.Value), "first", index: null).CreatePane(ModelOf(pane, KeyOf(window.Value)), 0, "right", null);
            });
        panes.Start(pane);
    }

    private void CreateWindow()
    {
        int session = Pick(Tree.Sessions);
        PaneId pane = default;
        Commit(
            batch =>
            {
                WindowId window = batch.CreateWindow(new SessionId(session), "more");
                pane = batch.CreatePane(window, Program(), TerminalSize.Default);
                return tree => tree.CreateWindow(KeyOf(window.Value), session, "more", index: null).CreatePane(ModelOf(pane, KeyOf(window.Value)), 0, "right", null);
            });
        panes.Start(pane);
    }

    private void CreatePane()
    {
        int window = Pick(Tree.Windows);
        PanePlacement placement = new() { Place = (PanePlace)_random.Next(4), Percent = _random.Next(2) == 0 ? null : 1 + _random.Next(99) };
        PaneId pane = default;
        Commit(
            batch =>
            {
                pane = batch.CreatePane(new WindowId(window), Program(), TerminalSize.Default, placement);
                return tree => tree.CreatePane(ModelOf(pane, window), 0, placement.Place.ToString().ToLowerInvariant(), placement.Percent);
            });
        panes.Start(pane);
    }

    /// <summary>Everything that came back before is durable, in every mode.</summary>
    private void Flush()
    {
        panes.Flush();
        history.NoteOutput(panes.State);
        if (plan.Options.Durability == DurabilityMode.Sync)
        {
            history.PromiseOutput(mark());
            return;
        }

        int returned = history.Returned;
        store.Flush();
        history.Promise(returned, mark());
        history.PromiseOutput(mark());
    }

    private void Commit(Action<TerminalBatch> add, Func<TreeModel, TreeModel> change) => Commit(batch =>
    {
        add(batch);
        return change;
    });

    private void Commit(Func<TerminalBatch, Func<TreeModel, TreeModel>> add)
    {
        TerminalBatch batch = panes.State.CreateBatch();
        Func<TreeModel, TreeModel> change = add(batch);
        history.Begin(mark(), change);
        panes.Commit(batch);
        history.Return(mark(), isPromised: plan.Options.Durability == DurabilityMode.Sync);
    }

    private PaneConfiguration Program() => new() { Command = "scripted", Arguments = [ProgramOf(_number)] };

    private string ProgramOf(int number) => Mixer.Combine(plan.Seed, (epoch * 1000) + number).ToString(CultureInfo.InvariantCulture);

    private ModelPane ModelOf(PaneId pane, int window) =>
        new(KeyOf(pane.Value), window, TerminalSize.Default.Columns, TerminalSize.Default.Rows, FactSheet.Configuration(["scripted", ProgramOf(_number)], null, [], [], -1, -1));

    private static int KeyOf(long id) => checked((int)id);

    private int Pick<T>(ImmutableSortedDictionary<int, T> from) => from.Keys.ElementAt(_random.Next(from.Count));
}

using System.Globalization;
using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.CrashKit.Worker;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Terminals;

namespace Persistence.CrashKit.Terminals;

/// <summary>Does to terminals what people do: one thing after the other, and notes what was begun and what has come back.</summary>
internal sealed class TerminalOperator(TerminalRunPlan plan, int epoch, PersistenceStore store, PaneHost panes, TerminalHistory history, Func<long> mark)
{
    private readonly Random _random = new(Mixer.Fold(Mixer.Combine(plan.Seed, 3000 + epoch)));
    private int _number;

    private HierarchyModel Model => history.Model;

    public void Run()
    {
        for (; _number < plan.Operations; _number++)
            DoOne();
    }

    private void DoOne()
    {
        int kind = _random.Next(30);
        if (Model.Panes.Count == 0 || kind < 3)
            CreateSession();
        else if (kind < 5)
            CreateWindow();
        else if (kind < 8)
            CreatePane();
        else if (kind < 14)
            Send(new PaneId(Pick(Model.Panes.Keys)));
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
        long session = Pick(Model.Sessions.Keys);
        long window = Pick(Model.Windows.Keys);
        long pane = Pick(Model.Panes.Keys);
        string text = string.Create(CultureInfo.InvariantCulture, $"text-{epoch}-{_number}");
        int size = 1 + _random.Next(200);
        string key = $"KEY{_random.Next(3)}";
        switch (kind)
        {
            case 18:
                Commit(batch => batch.RenameSession(new SessionId(session), text), model => model.Sessions[session].Name = text);
                break;
            case 19:
                Commit(batch => batch.RenameWindow(new WindowId(window), text), model => model.Windows[window].Name = text);
                break;
            case 20 or 21:
                Commit(batch => batch.ResizePane(new PaneId(pane), new TerminalSize(size, size + 1)), model => (model.Panes[pane].Columns, model.Panes[pane].Rows) = (size, size + 1));
                break;
            case 22:
                Commit(batch => batch.SetMetadata(new SessionId(session), key, text), model => model.Sessions[session].Metadata[key] = text);
                break;
            case 23:
                Commit(batch => batch.UnsetMetadata(new SessionId(session), key), model => model.Sessions[session].Metadata.Remove(key));
                break;
            case 24:
                Commit(batch => batch.SetEnvironment(new SessionId(session), EnvironmentEntry.Set(key, text)), model => model.Sessions[session].Environment[key] = text);
                break;
            case 25:
                long owner = Model.Windows[window].Session;
                Commit(batch => batch.SelectWindow(new SessionId(owner), new WindowId(window)), model => model.Sessions[owner].Active = window);
                break;
            case 26:
                long place = Model.Panes[pane].Window;
                Commit(batch => batch.SelectPane(new WindowId(place), new PaneId(pane)), model => model.Windows[place].Active = pane);
                break;
            case 27:
                Commit(batch => batch.MoveWindow(new WindowId(window), new SessionId(session)), model => model.MoveWindow(window, session));
                break;
            case 28:
                Commit(batch => batch.DestroyPane(new PaneId(pane)), model => model.RemovePane(pane));
                break;
            default:
                if (_random.Next(3) > 0)
                    Commit(batch => batch.DestroyWindow(new WindowId(window)), model => model.RemoveWindow(window));
                else
                    Commit(batch => batch.DestroySession(new SessionId(session)), model => model.RemoveSession(session));
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
                return model =>
                {
                    model.AddSession(session.Value, name);
                    model.AddWindow(window.Value, session.Value, "first");
                    model.AddPane(pane.Value, window.Value, ProgramOf(_number), 80, 24, isBefore: false);
                };
            });
        panes.Start(pane);
    }

    private void CreateWindow()
    {
        long session = Pick(Model.Sessions.Keys);
        PaneId pane = default;
        Commit(
            batch =>
            {
                WindowId window = batch.CreateWindow(new SessionId(session), "more");
                pane = batch.CreatePane(window, Program(), TerminalSize.Default);
                return model =>
                {
                    model.AddWindow(window.Value, session, "more");
                    model.AddPane(pane.Value, window.Value, ProgramOf(_number), 80, 24, isBefore: false);
                };
            });
        panes.Start(pane);
    }

    private void CreatePane()
    {
        long window = Pick(Model.Windows.Keys);
        PanePlacement placement = new() { Place = (PanePlace)_random.Next(4), Percent = _random.Next(2) == 0 ? null : 1 + _random.Next(99) };
        PaneId pane = default;
        Commit(
            batch =>
            {
                pane = batch.CreatePane(new WindowId(window), Program(), TerminalSize.Default, placement);
                return model => model.AddPane(pane.Value, window, ProgramOf(_number), 80, 24, placement.Place is PanePlace.Left or PanePlace.Above);
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

    private void Commit(Action<TerminalBatch> add, Action<HierarchyModel> change) => Commit(batch =>
    {
        add(batch);
        return change;
    });

    private void Commit(Func<TerminalBatch, Action<HierarchyModel>> add)
    {
        TerminalBatch batch = panes.State.CreateBatch();
        Action<HierarchyModel> change = add(batch);
        history.Begin(mark(), change);
        panes.Commit(batch);
        history.Return(mark(), isPromised: plan.Options.Durability == DurabilityMode.Sync);
    }

    private PaneConfiguration Program() => new() { Command = "scripted", Arguments = [ProgramOf(_number)] };

    private string ProgramOf(int number) => Mixer.Combine(plan.Seed, (epoch * 1000) + number).ToString(CultureInfo.InvariantCulture);

    private long Pick(IReadOnlyCollection<long> ids) => ids.ElementAt(_random.Next(ids.Count));
}

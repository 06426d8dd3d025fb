using System.Text;
using Persistence.Terminals;

namespace Persistence.Tests.Terminals.Model;

/// <summary>Makes changes up, each for a batch and for the model.</summary>
internal sealed class RandomChanges
{
    private static readonly string[] Names = ["work", "WORK", "Work", "größe", "GRÖSSE", "a b", "x", "\U0001F600", "other", "OTHER", "build"];
    private static readonly string[] Keys = ["color", "Color", "owner", "\u00e9"];

    private readonly Random _random;
    private readonly List<Action<TerminalBatch, TerminalModel>> _kinds;

    public RandomChanges(Random random)
    {
        _random = random;
        _kinds =
        [
            CreateSession, DestroySession, RenameSession, SetMetadata, UnsetMetadata, SetEnvironment, UnsetEnvironment,
            CreateWindow, CreateWindow, DestroyWindow, RenameWindow, MoveWindow, SetLayout, CreatePane, CreatePane, CreatePane, DestroyPane, ResizePane, SetState, SetTitle, SetDirectory,
            SelectWindow, SelectPane, ConfigurePane, SetLimits, Append, Append, Append, Append, Append, Append, Append, Append,
        ];
    }

    /// <summary>Something to begin with.</summary>
    public void Begin(TerminalBatch batch, TerminalModel model)
    {
        foreach (string name in (string[])["first", "second"])
        {
            SessionId session = batch.CreateSession(name);
            model.CreateSession(session.Value, name);
            for (int i = 0; i < 2; i++)
            {
                WindowId window = batch.CreateWindow(session, name);
                model.CreateWindow(window.Value, session.Value, name, null);
                CreatePane(batch, model, window, default);
            }
        }
    }

    /// <summary>Adds one to both.</summary>
    /// <exception cref="ModelRefusal">It cannot be made; the batch has it, and what the model has is not to be used any more.</exception>
    public void Add(TerminalBatch batch, TerminalModel model) => Pick(_kinds)(batch, model);

    private void CreateSession(TerminalBatch batch, TerminalModel model)
    {
        // Not too many at a time.
        if (model.Sessions.Count >= 4)
        {
            Append(batch, model);
            return;
        }

        string name = Pick(Names);
        model.CreateSession(batch.CreateSession(name).Value, name);
    }

    private void DestroySession(TerminalBatch batch, TerminalModel model)
    {
        if (model.Sessions.Count < 3 || _random.Next(4) > 0)
        {
            CreateWindow(batch, model);
            return;
        }

        SessionId session = Session(model);
        batch.DestroySession(session);
        model.DestroySession(session.Value);
    }

    private void RenameSession(TerminalBatch batch, TerminalModel model)
    {
        (SessionId session, string name) = (Session(model), Pick(Names));
        batch.RenameSession(session, name);
        model.RenameSession(session.Value, name);
    }

    private void SetMetadata(TerminalBatch batch, TerminalModel model)
    {
        (SessionId session, string key, string value) = (Session(model), Pick(Keys), $"value\n{_random.Next(100)}");
        batch.SetMetadata(session, key, value);
        model.Session(session.Value).Metadata[key] = value;
    }

    private void UnsetMetadata(TerminalBatch batch, TerminalModel model)
    {
        (SessionId session, string key) = (Session(model), Pick(Keys));
        batch.UnsetMetadata(session, key);
        model.Session(session.Value).Metadata.Remove(key);
    }

    private void SetEnvironment(TerminalBatch batch, TerminalModel model)
    {
        (SessionId session, EnvironmentEntry entry) = (Session(model), Entry());
        batch.SetEnvironment(session, entry);
        model.Session(session.Value).Environment[entry.Name] = TerminalDump.Of(entry);
    }

    private void UnsetEnvironment(TerminalBatch batch, TerminalModel model)
    {
        (SessionId session, string name) = (Session(model), Pick(Keys));
        batch.UnsetEnvironment(session, name);
        model.Session(session.Value).Environment.Remove(name);
    }

    private void CreateWindow(TerminalBatch batch, TerminalModel model)
    {
        (SessionId session, string name, int? index) = (Session(model), Pick(Names), Index());
        model.CreateWindow(batch.CreateWindow(session, name, index).Value, session.Value, name, index);
    }

    private void DestroyWindow(TerminalBatch batch, TerminalModel model)
    {
        if (model.Windows.Count() < 4)
        {
            CreatePane(batch, model);
            return;
        }

        WindowId window = Window(model);
        batch.DestroyWindow(window);
        model.DestroyWindow(window.Value);
    }

    private void RenameWindow(TerminalBatch batch, TerminalModel model)
    {
        (WindowId window, string name) = (Window(model), Pick(Names));
        batch.RenameWindow(window, name);
        model.Window(window.Value).Name = name;
    }

    private void MoveWindow(TerminalBatch batch, TerminalModel model)
    {
        (WindowId window, SessionId session, int? index) = (Window(model), Session(model), Index());
        batch.MoveWindow(window, session, index);
        model.MoveWindow(window.Value, session.Value, index);
    }

    private void SetLayout(TerminalBatch batch, TerminalModel model)
    {
        WindowId window = Window(model);
        long[] panes = [.. model.Windows.FirstOrDefault(candidate => candidate.Id == window.Value)?.Panes.Keys.AsEnumerable() ?? []];
        _random.Shuffle(panes);
        if (_random.Next(20) == 0)
            panes = [.. panes, _random.Next(5)];
        (ModelLayout? model, TerminalLayout? real) layout = panes.Length == 0 ? (null, null) : Layout(panes);
        batch.SetLayout(window, layout.real);
        model.SetLayout(window.Value, layout.model);
    }

    private (ModelLayout Model, TerminalLayout Real) Layout(ReadOnlySpan<long> panes)
    {
        if (panes.Length == 1)
            return (new ModelLayout { Pane = panes[0] }, TerminalLayout.Of(new PaneId(panes[0])));
        List<(ModelLayout, int)> parts = [];
        List<LayoutPart> real = [];
        while (!panes.IsEmpty)
        {
            int count = parts.Count == 0 ? _random.Next(1, panes.Length) : _random.Next(1, panes.Length + 1);
            int weight = _random.Next(1, 5);
            (ModelLayout model, TerminalLayout part) = Layout(panes[..count]);
            parts.Add((model, weight));
            real.Add(new LayoutPart(part, weight));
            panes = panes[count..];
        }

        SplitDirection direction = _random.Next(2) == 0 ? SplitDirection.SideBySide : SplitDirection.Stacked;
        return (new ModelLayout { Direction = direction == SplitDirection.SideBySide ? '|' : '/', Parts = parts }, TerminalLayout.Split(direction, real));
    }

    private void CreatePane(TerminalBatch batch, TerminalModel model)
    {
        WindowId window = Window(model);
        CreatePane(batch, model, window, _random.Next(2) == 0 ? default : Pane(model, window));
    }

    private void CreatePane(TerminalBatch batch, TerminalModel model, WindowId window, PaneId of)
    {
        PanePlacement placement = new() { Place = (PanePlace)_random.Next(4), Of = of, Percent = _random.Next(3) == 0 ? _random.Next(1, 100) : null };
        (PaneConfiguration configuration, TerminalSize size) = (Configuration(), Size());
        PaneId pane = batch.CreatePane(window, configuration, size, placement);
        model.CreatePane(pane.Value, window.Value, configuration, size, placement.Place, of.Value, placement.Percent);
    }

    private void DestroyPane(TerminalBatch batch, TerminalModel model)
    {
        if (model.Panes.Count() < 6)
        {
            CreatePane(batch, model);
            return;
        }

        PaneId pane = Pane(model);
        batch.DestroyPane(pane);
        model.DestroyPane(pane.Value);
    }

    private void ResizePane(TerminalBatch batch, TerminalModel model)
    {
        (PaneId pane, TerminalSize size) = (Pane(model), Size());
        batch.ResizePane(pane, size);
        model.Pane(pane.Value).Size = size;
    }

    private void SetState(TerminalBatch batch, TerminalModel model)
    {
        PaneProcess process = new(_random.Next(), DateTimeOffset.UnixEpoch.AddTicks(_random.NextInt64(1L << 55)), _random.Next(2) == 0 ? "" : "boot", "host");
        PaneState state = _random.Next(4) switch
        {
            0 => PaneState.Running(process),
            1 => PaneState.Exited(_random.Next(-1, 256), _random.Next(0, 16), null),
            2 => PaneState.Exited(_random.Next(-1, 256), 0, process),
            _ => PaneState.Detached(_random.Next(2) == 0 ? null : process),
        };
        PaneId pane = Pane(model);
        batch.SetPaneState(pane, state);
        model.SetState(pane.Value, state);
    }

    private void SetTitle(TerminalBatch batch, TerminalModel model)
    {
        (PaneId pane, string title) = (Pane(model), _random.Next(4) == 0 ? "" : $"title {_random.Next()} \u2713");
        batch.SetPaneTitle(pane, title);
        model.Pane(pane.Value).Title = title;
    }

    private void SetDirectory(TerminalBatch batch, TerminalModel model)
    {
        (PaneId pane, string path) = (Pane(model), $"/home/{_random.Next(10)}\n");
        batch.SetPaneWorkingDirectory(pane, path);
        model.Pane(pane.Value).Directory = path;
    }

    private void SelectWindow(TerminalBatch batch, TerminalModel model)
    {
        WindowId window = Window(model);
        SessionId session = _random.Next(5) == 0 ? Session(model) : new SessionId(model.Sessions.Values.FirstOrDefault(candidate => candidate.Windows.Values.Any(other => other.Id == window.Value))?.Id ?? 0);
        batch.SelectWindow(session, window);
        model.SelectWindow(session.Value, window.Value);
    }

    private void SelectPane(TerminalBatch batch, TerminalModel model)
    {
        WindowId window = new(model.Windows.LastOrDefault(static window => window.Panes.Count > 0)?.Id ?? 0);
        PaneId pane = Pane(model, window);
        batch.SelectPane(window, pane);
        model.SelectPane(window.Value, pane.Value);
    }

    private void ConfigurePane(TerminalBatch batch, TerminalModel model)
    {
        (PaneId pane, PaneConfiguration configuration) = (Pane(model), Configuration());
        batch.ConfigurePane(pane, configuration);
        model.ConfigurePane(pane.Value, configuration);
    }

    private void SetLimits(TerminalBatch batch, TerminalModel model)
    {
        ScrollbackLimits limits = Limits();
        batch.SetScrollbackLimits(limits);
        model.SetLimits(limits);
    }

    private void Append(TerminalBatch batch, TerminalModel model)
    {
        PaneId pane = Pane(model);
        byte[] bytes = Output();
        batch.AppendOutput(pane, bytes);
        model.Append(pane.Value, bytes);
    }

    /// <summary>Lines mostly; now and then much, and what cannot be compressed.</summary>
    private byte[] Output()
    {
        switch (_random.Next(12))
        {
            case 0:
                byte[] noise = new byte[_random.Next(130_000)];
                _random.NextBytes(noise);
                return noise;
            case 1:
                return [];
            case 2:
                return new byte[(_random.Next(3) * 65_536) + _random.Next(3)];
            case <= 6:
                return Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, _random.Next(2000)).Select(i => $"\u001b[3{i % 8}mline {i}\u001b[0m\r\n")));
            default:
                return Encoding.UTF8.GetBytes($"$ echo {_random.Next()}\n");
        }
    }

    private PaneConfiguration Configuration() => new()
    {
        Command = _random.Next(2) == 0 ? "/bin/sh" : "make all",
        Arguments = _random.Next(2) == 0 ? [] : ["-c", "", "echo 'a b'\n"],
        WorkingDirectory = _random.Next(2) == 0 ? null : "/tmp",
        Environment = _random.Next(3) == 0 ? [Entry(), Entry()] : [],
        RestoreCommand = _random.Next(3) == 0 ? new PaneCommand("less", ["log"]) : null,
        Scrollback = _random.Next(2) == 0 ? null : Limits(),
    };

    private EnvironmentEntry Entry() => _random.Next(3) switch
    {
        0 => EnvironmentEntry.Set(Pick(Keys), $"{_random.Next(100)}"),
        1 => EnvironmentEntry.Remove(Pick(Keys)),
        _ => EnvironmentEntry.Withhold(Pick(Keys)),
    };

    private ScrollbackLimits Limits() => new(_random.Next(3) == 0 ? 0 : _random.Next(1, 3000), _random.Next(2) == 0 ? 0 : _random.Next(1, 300_000));

    private TerminalSize Size() => new(_random.Next(1, 300), _random.Next(1, 100));

    private int? Index() => _random.Next(3) > 0 ? null : _random.Next(30) == 0 ? int.MaxValue : _random.Next(6);

    /// <summary>One there is, mostly.</summary>
    private SessionId Session(TerminalModel model) => new(PickId(model.Sessions.Keys));

    private WindowId Window(TerminalModel model) => new(PickId(model.Windows.Select(static window => window.Id)));

    private PaneId Pane(TerminalModel model) => new(PickId(model.Panes.Select(static pane => pane.Id)));

    /// <summary>One of a window, mostly; none where it has none.</summary>
    private PaneId Pane(TerminalModel model, WindowId window)
    {
        long[] panes = [.. model.Windows.FirstOrDefault(candidate => candidate.Id == window.Value)?.Panes.Keys.AsEnumerable() ?? []];
        return _random.Next(30) == 0 ? Pane(model) : panes.Length == 0 ? default : new PaneId(PickId(panes));
    }

    private long PickId(IEnumerable<long> ids)
    {
        long[] all = [.. ids];
        return all.Length == 0 || _random.Next(60) == 0 ? _random.Next(3) switch { 0 => 0, 1 => -7, _ => 1_000_000 } : Pick(all);
    }

    private T Pick<T>(IReadOnlyList<T> all) => all[_random.Next(all.Count)];
}

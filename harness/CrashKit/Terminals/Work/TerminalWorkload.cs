using System.Text.Json;
using Persistence.CrashKit.Terminals.Model;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>
/// Draws requests: three sessions of two windows of two panes each, in which shells run, and more of each now and then; every kind of change to them; and what is typed. It speaks of nothing whose number the
/// host has not told yet, so that requests can be sent one behind the other.
/// </summary>
/// <param name="random">Where choices come from.</param>
/// <param name="oracle">What there must be.</param>
/// <param name="directories">Directories for shells to be in.</param>
internal sealed class TerminalWorkload(Random random, TerminalOracle oracle, IReadOnlyList<string> directories)
{
    public const int Sessions = 3;
    public const int WindowsOfSession = 2;
    public const int PanesOfWindow = 2;

    private const int Attempts = 8;
    private const int PanesMax = 18;
    private const long LargePaneBytes = 64L << 20;
    private const long RetiredFromBytes = 12L << 20;

    private static readonly string[] Places = ["right", "left", "below", "above"];

    private readonly ShellCommands _commands = new(random);
    private int _key;

    /// <summary>The next request.</summary>
    public HostRequest Next()
    {
        if (CreateMissing() is HostRequest missing)
            return missing;
        for (int i = 0; i < Attempts; i++)
        {
            if (Draw() is HostRequest drawn)
                return drawn;
        }

        return new ShowTreeRequest();
    }

    /// <summary>Reads of all panes that may have more to tell.</summary>
    public IEnumerable<HostRequest> ReadAll() => oracle.Panes.Values.Where(pane => !pane.IsBeingRead && IsThere(pane)).Select(pane => new ReadRequest(IdOf(pane), pane));

    /// <summary>Interrupts all that floods.</summary>
    public IEnumerable<HostRequest> InterruptAll() => oracle.Panes.Values.Where(pane => pane.CanBeInterrupted && pane.IsLive && IsThere(pane)).Select(pane => new InterruptRequest(IdOf(pane), pane));

    /// <summary>Types a token of its own into a pane.</summary>
    public (HostRequest Request, ShellCommand Command) Echo(PaneOracle pane)
    {
        ShellCommand echo = _commands.Echo();
        return (new SendRequest(IdOf(pane), pane, echo), echo);
    }

    private TreeModel Tree => oracle.Intended;

    private IEnumerable<PaneOracle> Ready => oracle.Panes.Values.Where(pane => pane.IsReady && IsThere(pane));

    private HostRequest? Draw() => random.Next(100) switch
    {
        < 36 => Type(),
        < 66 => ChangeTree(),
        < 90 => Read(),
        < 93 => TakeCheckpoint(),
        < 95 => PlainRequest.Flush(),
        < 96 => new HealthRequest(),
        < 98 => new ShowTreeRequest(),
        < 99 => Restart(),
        _ => AskForNothing(),
    };

    private HostRequest? CreateMissing()
    {
        if (Tree.Sessions.Count < Sessions)
            return CreateSession();
        foreach (ModelSession session in Tree.Sessions.Values.Where(session => session.Windows.Count < WindowsOfSession && IsKnown(session)))
            return CreateWindow(session);
        foreach (ModelWindow window in Tree.Windows.Values.Where(window => window.Panes.Count < PanesOfWindow && IsKnown(window)))
            return CreatePane(window);
        return null;
    }

    private HostRequest? Type()
    {
        if (Pick(Ready) is not PaneOracle pane)
            return null;
        if (pane.Flood is not null)
            return pane.CanBeInterrupted && random.Next(3) == 0 ? new InterruptRequest(IdOf(pane), pane) : pane.IsBeingRead ? null : new ReadRequest(IdOf(pane), pane);
        return new SendRequest(IdOf(pane), pane, Choose(pane));
    }

    private ShellCommand Choose(PaneOracle pane) => random.Next(100) switch
    {
        < 45 => _commands.Echo(),
        < 60 => _commands.Numbers(1 + random.Next(4 << 10)),
        < 66 => _commands.Numbers(random.Next(16 << 10, (pane.IsSmall ? 300 : 150) << 10)),
        < 80 => _commands.Binary(1 + random.Next(8 << 10)),
        < 83 when !pane.IsSmall => _commands.Flood(),
        < 91 when pane.SaysTitles => _commands.Title(),
        < 98 => _commands.ChangeDirectory(Pick(directories)!),
        < 99 => _commands.Exit(random.Next(100)),
        _ => _commands.Echo(),
    };

    private HostRequest? ChangeTree() => random.Next(22) switch
    {
        0 => RenameSession(),
        1 or 2 => SetMetadata(),
        3 => UnsetMetadata(),
        4 or 5 => SetEnvironment(),
        6 => UnsetEnvironment(),
        7 => RenameWindow(),
        8 or 9 => MoveWindow(),
        10 => SetLayout(),
        11 => SelectWindow(),
        12 => SelectPane(),
        13 or 14 => Resize(),
        15 => SetTitle(),
        16 => Configure(),
        17 => Pick(KnownWindows) is ModelWindow window && Tree.Panes.Count < PanesMax ? CreatePane(window) : null,
        18 => DestroyPane(),
        19 => Pick(KnownSessions) is ModelSession session && session.Windows.Count < 2 * WindowsOfSession && Tree.Panes.Count < PanesMax ? CreateWindow(session) : null,
        20 => DestroyWindow(),
        _ => random.Next(3) == 0 ? random.Next(2) == 0 ? CreateSession() : DestroySession() : null,
    };

    private ReadRequest? Read() => Pick(oracle.Panes.Values.Where(pane => !pane.IsBeingRead && IsThere(pane) && (!pane.Output.IsSilent || random.Next(8) == 0))) is PaneOracle pane ? new ReadRequest(IdOf(pane), pane) : null;

    private CheckpointRequest TakeCheckpoint() => new(random.Next(4) switch { 0 => "full", 1 => "incremental", _ => null });

    private RestartRequest? Restart()
    {
        // What of a small one was not read may be dropped: then nobody can tell where the program before was cut short.
        PaneOracle? pane = Pick(oracle.Panes.Values.Where(one => IsThere(one) && !one.IsBeingStarted && one.Flood is null && (!one.IsLive || (one.IsReady && !one.IsSmall))));
        return pane is null ? null : new RestartRequest(IdOf(pane), pane);
    }

    /// <summary>What cannot be done: it has to be refused, and to change nothing.</summary>
    private TreeRequest? AskForNothing()
    {
        ModelSession? session = Pick(KnownSessions);
        ModelSession? other = Pick(Tree.Sessions.Values);
        return random.Next(4) switch
        {
            0 => new TreeRequest("destroy-pane", static json => json.WriteNumber("pane", long.MaxValue / 2), static tree => tree.DestroyPane(-1)),
            1 => new TreeRequest("rename-window", static json => WriteAll(json, ("window", long.MaxValue / 2), ("name", "nobody")), static tree => tree.RenameWindow(-1, "nobody")),
            2 when session is not null && other is not null && session.Key != other.Key => RenameSession(session, other.Name.ToUpperInvariant()),
            _ when session is not null && !session.Windows.IsEmpty => CreateWindow(session, session.Windows.Keys.First()),
            _ => null,
        };
    }

    private CreateRequest CreateSession()
    {
        int key = ++_key;
        string name = TerminalOracle.TokenOf(key);
        return new CreateRequest("create-session", json => json.WriteString("name", name), tree => tree.CreateSession(key, name), "session", key);
    }

    private TreeRequest? RenameSession() => Pick(KnownSessions) is ModelSession session ? RenameSession(session, NewName()) : null;

    private TreeRequest RenameSession(ModelSession session, string name) => Change("rename-session", tree => tree.RenameSession(session.Key, name), ("session", IdOf(session)), ("name", name));

    private TreeRequest? SetMetadata()
    {
        if (Pick(KnownSessions) is not ModelSession session)
            return null;
        (string key, string value) = ($"key {random.Next(4)}", NewName());
        return Change("set-metadata", tree => tree.SetMetadata(session.Key, key, value), ("session", IdOf(session)), ("key", key), ("value", value));
    }

    private TreeRequest? UnsetMetadata()
    {
        if (Pick(KnownSessions) is not ModelSession session)
            return null;
        string key = $"key {random.Next(4)}";
        return Change("unset-metadata", tree => tree.UnsetMetadata(session.Key, key), ("session", IdOf(session)), ("key", key));
    }

    private TreeRequest? SetEnvironment()
    {
        if (Pick(KnownSessions) is not ModelSession session)
            return null;
        // The last one looks like a secret.
        string name = random.Next(4) switch { 0 => "CRASH_A", 1 => "CRASH_B", 2 => "CRASH_C", _ => "CRASH_PASSWORD" };
        string? value = random.Next(4) == 0 ? null : NewName();
        string text = value is null ? VariableText.Removed : name == "CRASH_PASSWORD" ? VariableText.Withheld : VariableText.Set(value);
        return Change("set-environment", tree => tree.SetEnvironment(session.Key, name, text), ("session", IdOf(session)), ("name", name), ("value", value));
    }

    private TreeRequest? UnsetEnvironment()
    {
        if (Pick(KnownSessions) is not ModelSession session)
            return null;
        string name = random.Next(2) == 0 ? "CRASH_A" : "CRASH_PASSWORD";
        return Change("unset-environment", tree => tree.UnsetEnvironment(session.Key, name), ("session", IdOf(session)), ("name", name));
    }

    private TreeRequest? DestroySession() => Pick(KnownSessions) is ModelSession session && Tree.Sessions.Count > Sessions
        ? Change("destroy-session", tree => tree.DestroySession(session.Key), ("session", IdOf(session)))
        : null;

    private CreateRequest CreateWindow(ModelSession session, int? index = null)
    {
        int key = ++_key;
        string name = TerminalOracle.TokenOf(key);
        index ??= random.Next(3) == 0 ? random.Next(100) : null;
        return new CreateRequest(
            "create-window", json => WriteAll(json, ("session", IdOf(session)), ("name", name), ("index", index)), tree => tree.CreateWindow(key, session.Key, name, index), "window", key);
    }

    private TreeRequest? RenameWindow()
    {
        if (Pick(KnownWindows) is not ModelWindow window)
            return null;
        string name = NewName();
        return Change("rename-window", tree => tree.RenameWindow(window.Key, name), ("window", IdOf(window)), ("name", name));
    }

    /// <summary>In its session, or to another one that has room; where there is another window it is refused.</summary>
    private TreeRequest? MoveWindow()
    {
        if (Pick(KnownWindows) is not ModelWindow window || Pick(KnownSessions) is not ModelSession session)
            return null;
        int? index = random.Next(2) == 0 ? random.Next(8) : null;
        return Change("move-window", tree => tree.MoveWindow(window.Key, session.Key, index), ("window", IdOf(window)), ("session", IdOf(session)), ("index", index));
    }

    private TreeRequest? SetLayout()
    {
        if (Pick(KnownWindows.Where(one => one.Panes.Count > 0 && one.Panes.All(pane => oracle.Facts.Panes.Find(pane) is not null))) is not ModelWindow window)
            return null;
        int[] panes = [.. window.Panes];
        random.Shuffle(panes);
        ModelLayout layout = Arrange(panes);
        return new TreeRequest("layout", json => WriteLayout(json, window, layout), tree => tree.SetLayout(window.Key, layout));
    }

    private ModelLayout Arrange(ReadOnlySpan<int> panes)
    {
        if (panes.Length == 1)
            return ModelLayout.Of(panes[0]);
        int first = 1 + random.Next(panes.Length - 1);
        return ModelLayout.Split(random.Next(2) == 0, (Arrange(panes[..first]), 1 + random.Next(5)), (Arrange(panes[first..]), 1 + random.Next(5)));
    }

    private TreeRequest? SelectWindow() => Pick(KnownWindows.Where(window => IsKnown(Tree.Sessions[window.Session]))) is ModelWindow window
        ? Change("select-window", tree => tree.SelectWindow(window.Session, window.Key), ("session", IdOf(Tree.Sessions[window.Session])), ("window", IdOf(window)))
        : null;

    private TreeRequest? DestroyWindow()
    {
        ModelWindow? window = Pick(KnownWindows.Where(one => Tree.Sessions[one.Session].Windows.Count > WindowsOfSession));
        return window is null ? null : Change("destroy-window", tree => tree.DestroyWindow(window.Key), ("window", IdOf(window)));
    }

    private CreatePaneRequest CreatePane(ModelWindow window)
    {
        int key = ++_key;
        PaneSpecification specification = Specify(TerminalOracle.TokenOf(key));
        bool saysTitles = random.Next(2) == 0;
        int of = Pick(window.Panes.Where(other => oracle.Facts.Panes.Find(other) is not null && random.Next(2) == 0));
        string place = Places[random.Next(Places.Length)];
        int? percent = random.Next(3) == 0 ? 1 + random.Next(99) : null;
        ModelPane pane = new(key, window.Key, 20 + random.Next(200), 10 + random.Next(80), specification.ToText()) { Title = saysTitles ? null : "" };
        long? ofId = of == 0 ? null : oracle.Facts.Panes.Find(of);
        return new CreatePaneRequest(
            json =>
            {
                WriteAll(json, ("window", IdOf(window)), ("columns", pane.Columns), ("rows", pane.Rows), ("of", ofId), ("place", place), ("percent", percent));
                specification.WriteTo(json);
            },
            tree => tree.CreatePane(pane, of, place, percent),
            new PaneOracle(key, specification, saysTitles));
    }

    private PaneSpecification Specify(string token)
    {
        (long lines, long bytes) = random.Next(6) switch { 0 => (300L, 0L), 1 => (0L, 100_000L), 2 => (2000L, 150_000L), _ => (0L, LargePaneBytes) };
        return new PaneSpecification
        {
            Token = token,
            Directory = Pick(directories)!,
            HasSecret = random.Next(5) == 0,
            RestoreCommand = RestoreCommand(token),
            Lines = lines,
            Bytes = bytes,
        };
    }

    private IReadOnlyList<string> RestoreCommand(string token) => random.Next(20) switch { < 5 => PaneSpecification.SoundRestoreCommand(token), 5 => ["/no/such/program"], _ => [] };

    private TreeRequest? DestroyPane()
    {
        PaneOracle? large = oracle.Panes.Values.FirstOrDefault(one => one.Output.Known > RetiredFromBytes && IsThere(one));
        PaneOracle? pane = large ?? Pick(oracle.Panes.Values.Where(one => IsThere(one) && Tree.Windows[Tree.Panes[one.Key].Window].Panes.Count > PanesOfWindow));
        return pane is null ? null : Change("destroy-pane", tree => tree.DestroyPane(pane.Key), ("pane", IdOf(pane)));
    }

    private TreeRequest? Resize()
    {
        if (Pick(KnownPanes) is not PaneOracle pane)
            return null;
        (int columns, int rows) = (1 + random.Next(300), 1 + random.Next(100));
        return Change("resize-pane", tree => tree.ResizePane(pane.Key, columns, rows), ("pane", IdOf(pane)), ("columns", columns), ("rows", rows));
    }

    private TreeRequest? SetTitle()
    {
        if (Pick(KnownPanes.Where(static one => !one.SaysTitles)) is not PaneOracle pane)
            return null;
        string title = NewName();
        return Change("title-pane", tree => tree.SetPaneTitle(pane.Key, title), ("pane", IdOf(pane)), ("title", title));
    }

    private TreeRequest? SelectPane()
    {
        PaneOracle? pane = Pick(KnownPanes.Where(one => IsKnown(Tree.Windows[Tree.Panes[one.Key].Window])));
        if (pane is null)
            return null;
        ModelWindow window = Tree.Windows[Tree.Panes[pane.Key].Window];
        return Change("select-pane", tree => tree.SelectPane(window.Key, pane.Key), ("window", IdOf(window)), ("pane", IdOf(pane)));
    }

    private ConfigureRequest? Configure()
    {
        if (Pick(KnownPanes) is not PaneOracle pane)
            return null;
        PaneSpecification specification = pane.Specification with { HasSecret = random.Next(5) == 0, RestoreCommand = RestoreCommand(pane.Specification.Token) };
        return new ConfigureRequest(IdOf(pane), pane, specification);
    }

    private IEnumerable<ModelSession> KnownSessions => Tree.Sessions.Values.Where(IsKnown);

    private IEnumerable<ModelWindow> KnownWindows => Tree.Windows.Values.Where(IsKnown);

    private IEnumerable<PaneOracle> KnownPanes => oracle.Panes.Values.Where(IsThere);

    private bool IsKnown(ModelSession session) => oracle.Facts.Sessions.Find(session.Key) is not null;

    private bool IsKnown(ModelWindow window) => oracle.Facts.Windows.Find(window.Key) is not null;

    private bool IsThere(PaneOracle pane) => Tree.Panes.ContainsKey(pane.Key) && oracle.Facts.Panes.Find(pane.Key) is not null;

    private long IdOf(ModelSession session) => oracle.Facts.Sessions.Find(session.Key)!.Value;

    private long IdOf(ModelWindow window) => oracle.Facts.Windows.Find(window.Key)!.Value;

    private long IdOf(PaneOracle pane) => oracle.Facts.Panes.Find(pane.Key)!.Value;

    private string NewName() => $"name {++_key} é";

    private T? Pick<T>(IEnumerable<T> from)
    {
        T[] all = [.. from];
        return all.Length == 0 ? default : all[random.Next(all.Length)];
    }

    private static TreeRequest Change(string name, Func<TreeModel, TreeModel> change, params (string Name, object? Value)[] fields) => new(name, json => WriteAll(json, fields), change);

    private static void WriteAll(Utf8JsonWriter json, params (string Name, object? Value)[] fields)
    {
        foreach ((string name, object? value) in fields)
        {
            json.WritePropertyName(name);
            if (value is string text)
                json.WriteStringValue(text);
            else if (value is null)
                json.WriteNullValue();
            else
                json.WriteNumberValue(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    private void WriteLayout(Utf8JsonWriter json, ModelWindow window, ModelLayout layout)
    {
        json.WriteNumber("window", IdOf(window));
        json.WritePropertyName("layout");
        WriteLayout(json, layout);
    }

    private void WriteLayout(Utf8JsonWriter json, ModelLayout layout)
    {
        if (layout.IsPane)
        {
            json.WriteNumberValue(oracle.Facts.Panes.Find(layout.Pane)!.Value);
            return;
        }

        json.WriteStartObject();
        json.WriteString("split", layout.IsSideBySide ? "side-by-side" : "stacked");
        json.WriteStartArray("parts");
        foreach ((ModelLayout part, int weight) in layout.Parts)
        {
            json.WriteStartObject();
            json.WritePropertyName("layout");
            WriteLayout(json, part);
            json.WriteNumber("weight", weight);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}

using Persistence.CrashKit.Terminals.Model;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>
/// Draws requests: three sessions of two windows of two panes each, in which shells run, and more of each now and then; every kind of change to them; and what is typed. It speaks of nothing whose number the
/// host has not told yet, so that requests can be sent one behind the other.
/// </summary>
internal sealed class TerminalWorkload
{
    public const int Sessions = 3;
    public const int WindowsOfSession = 2;
    public const int PanesOfWindow = 2;

    private const int Attempts = 8;
    private const int PanesMax = 18;
    private const int ExitCodeMax = 100;
    private const long NobodysId = long.MaxValue / 2;

    private readonly Random _random;
    private readonly WorkloadView _view;
    private readonly IReadOnlyList<string> _directories;
    private readonly ShellCommands _commands;
    private readonly SessionRequestSource _sessions;
    private readonly WindowRequestSource _windows;
    private readonly PaneRequestSource _panes;

    /// <param name="random">Where choices come from.</param>
    /// <param name="oracle">What there must be.</param>
    /// <param name="directories">Directories for shells to be in.</param>
    public TerminalWorkload(Random random, TerminalOracle oracle, IReadOnlyList<string> directories)
    {
        _random = random;
        _view = new WorkloadView(random, oracle);
        _directories = directories;
        _commands = new ShellCommands(random);
        _sessions = new SessionRequestSource(_view);
        _windows = new WindowRequestSource(_view);
        _panes = new PaneRequestSource(_view, directories);
    }

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

    /// <summary>Reads of all panes.</summary>
    public IEnumerable<HostRequest> ReadAll() => _view.Panes.Where(static pane => !pane.IsBeingRead).Select(pane => new ReadRequest(_view.IdOf(pane), pane));

    /// <summary>Interrupts all that floods.</summary>
    public IEnumerable<HostRequest> InterruptAll() => _view.Panes.Where(static pane => pane.CanBeInterrupted && pane.IsLive).Select(pane => new InterruptRequest(_view.IdOf(pane), pane));

    /// <summary>Types a token of its own into a pane, and has its program tell how large its terminal is and what it has in its environment.</summary>
    /// <param name="pane">The pane.</param>
    /// <param name="isFresh">Whether nothing was said of its session since it was started, by a host that knows no secrets.</param>
    public (HostRequest Request, ShellCommand Command) Introduce(PaneOracle pane, bool isFresh)
    {
        ModelPane model = _view.Tree.Panes[pane.Key];
        List<KeyValuePair<string, string?>> variables = [new(PaneSpecification.TokenVariable, pane.Specification.Token)];
        if (isFresh)
            variables.AddRange(HostVariables.Names.Select(name => KeyValuePair.Create(name, FindValue(pane, name))));
        ShellCommand command = _commands.Describe(model.Columns, model.Rows, variables);
        return (new SendRequest(_view.IdOf(pane), pane, command), command);
    }

    private string? FindValue(PaneOracle pane, string variable) =>
        VariableText.FindValue(_view.Tree.Sessions[_view.WindowOf(pane).Session].Environment.GetValueOrDefault(variable, VariableText.Set(HostVariables.Inherited)));

    private HostRequest? Draw() => _random.Next(100) switch
    {
        < 36 => Type(),
        < 66 => ChangeTree(),
        < 90 => Read(),
        < 93 => TakeCheckpoint(),
        < 95 => PlainRequest.Flush(),
        < 96 => new HealthRequest(),
        < 98 => new ShowTreeRequest(),
        < 99 => _panes.Restart(),
        _ => AskForNothing(),
    };

    private CreateRequest? CreateMissing()
    {
        TreeModel tree = _view.Tree;
        if (tree.Sessions.Count < Sessions)
            return _sessions.Create();
        if (_view.Sessions.FirstOrDefault(static session => session.Windows.Count < WindowsOfSession) is ModelSession session)
            return _windows.Create(session);
        return _view.Windows.FirstOrDefault(static window => window.Panes.Count < PanesOfWindow) is ModelWindow window ? _panes.Create(window) : null;
    }

    private HostRequest? ChangeTree() => _random.Next(22) switch
    {
        0 => _sessions.Rename(),
        1 or 2 => _sessions.SetMetadata(),
        3 => _sessions.UnsetMetadata(),
        4 or 5 => _sessions.SetEnvironment(),
        6 => _sessions.UnsetEnvironment(),
        7 => _windows.Rename(),
        8 or 9 => _windows.Move(),
        10 => _windows.SetLayout(),
        11 => _windows.Select(),
        12 => _panes.Select(),
        13 or 14 => _panes.Resize(),
        15 => _panes.SetTitle(),
        16 => _panes.Configure(),
        17 => _panes.Destroy(),
        18 => _windows.Destroy(),
        19 => CreateMore(),
        20 => _view.IsOneIn(3) ? CreateMore() : null,
        _ => _view.IsOneIn(2) ? _sessions.Destroy() : null,
    };

    private CreateRequest? CreateMore()
    {
        if (_view.Tree.Panes.Count >= PanesMax)
            return null;
        return _random.Next(6) switch
        {
            0 => _sessions.Create(),
            1 => _windows.Create(),
            _ => _view.Pick(_view.Windows) is ModelWindow window ? _panes.Create(window) : null,
        };
    }

    private HostRequest? Type()
    {
        if (_view.Pick(_view.Panes.Where(static pane => pane.IsReady)) is not PaneOracle pane)
            return null;
        if (pane.Flood is null)
            return new SendRequest(_view.IdOf(pane), pane, Choose(pane));
        if (pane.CanBeInterrupted && _view.IsOneIn(3))
            return new InterruptRequest(_view.IdOf(pane), pane);
        return pane.IsBeingRead ? null : new ReadRequest(_view.IdOf(pane), pane);
    }

    private ShellCommand Choose(PaneOracle pane) => _random.Next(100) switch
    {
        < 45 => _commands.Echo(),
        < 60 => _commands.Numbers(1 + _random.Next(4 << 10)),
        < 66 => _commands.Numbers(_random.Next(16 << 10, (pane.IsSmall ? 300 : 150) << 10)),
        < 80 => _commands.Binary(1 + _random.Next(8 << 10)),
        < 83 when !pane.IsSmall => _commands.Flood(),
        < 91 when pane.SaysTitles => _commands.Title(),
        < 98 => _commands.ChangeDirectory(_view.Pick(_directories)!),
        < 99 => _commands.Exit(_random.Next(ExitCodeMax)),
        _ => _commands.Echo(),
    };

    private ReadRequest? Read() => _view.Pick(_view.Panes.Where(pane => !pane.IsBeingRead && (!pane.Output.IsSilent || _view.IsOneIn(8)))) is PaneOracle pane ? new ReadRequest(_view.IdOf(pane), pane) : null;

    private CheckpointRequest TakeCheckpoint() => new(_random.Next(4) switch { 0 => "full", 1 => "incremental", _ => null });

    /// <summary>What cannot be done: it has to be refused, and to change nothing.</summary>
    private TreeRequest? AskForNothing()
    {
        ModelSession? session = _view.Pick(_view.Sessions);
        ModelSession? other = _view.Pick(_view.Tree.Sessions.Values);
        return _random.Next(4) switch
        {
            0 => RequestJson.Change("destroy-pane", static tree => tree.DestroyPane(-1), ("pane", NobodysId)),
            1 => RequestJson.Change("rename-window", static tree => tree.RenameWindow(-1, "nobody"), ("window", NobodysId), ("name", "nobody")),
            2 when session is not null && other is not null && session.Key != other.Key => _sessions.Rename(session, other.Name.ToUpperInvariant()),
            _ when session is not null && !session.Windows.IsEmpty => _windows.Create(session, session.Windows.Keys.First()),
            _ => null,
        };
    }
}

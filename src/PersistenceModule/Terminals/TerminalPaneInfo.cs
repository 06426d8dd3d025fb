using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>A terminal pane as it was when it was read. Commands take it as -Pane, and know by it which store is meant.</summary>
public sealed class TerminalPaneInfo
{
    internal TerminalPaneInfo(TerminalView view, TerminalPane pane)
    {
        TerminalWindow window = view.Tree.GetWindow(pane.Window);
        TerminalSession session = view.Tree.GetSession(window.Session);
        PaneConfiguration configuration = pane.Configuration;
        ScrollbackLimits limits = configuration.Scrollback ?? view.Tree.Scrollback;
        PaneOutput? output = view.FindOutput(pane.Id);
        Origin = view.Origin;
        Id = pane.Id.Value;
        Index = window.Panes.ToList().IndexOf(pane.Id);
        WindowId = window.Id.Value;
        WindowIndex = window.Index;
        WindowName = window.Name;
        SessionId = session.Id.Value;
        SessionName = session.Name;
        IsActive = window.ActivePane == pane.Id;
        Created = pane.Created.ToLocalTime();
        Columns = pane.Size.Columns;
        Rows = pane.Size.Rows;
        IsLive = view.IsLive(pane.Id);
        State = pane.State.Status == PaneStatus.Running && !view.IsRunning(pane) ? PaneStatus.Detached : pane.State.Status;
        StateChanged = pane.StateChanged.ToLocalTime();
        ExitCode = pane.State.ExitCode;
        Signal = pane.State.Status == PaneStatus.Exited ? pane.State.Signal : 0;
        ProcessId = State == PaneStatus.Running ? pane.State.Process?.Id : null;
        Title = pane.Title;
        Command = configuration.Command;
        ArgumentList = [.. configuration.Arguments];
        StartDirectory = configuration.WorkingDirectory;
        WorkingDirectory = pane.WorkingDirectory ?? configuration.WorkingDirectory;
        Environment = TerminalVariable.From(configuration.Environment, view.SecretPatterns);
        RestoreCommand = configuration.RestoreCommand?.Command;
        RestoreArgumentList = configuration.RestoreCommand?.Arguments.ToArray() ?? [];
        ScrollbackLines = limits.Lines;
        ScrollbackBytes = limits.Bytes;
        OutputEnd = output?.End ?? 0;
        OutputBytes = output?.KeptBytes ?? 0;
        OutputLines = output?.KeptLineFeeds ?? 0;
    }

    /// <summary>Its number, which no other pane of the store ever has.</summary>
    public long Id { get; }

    /// <summary>Its number: parameters called -Pane take it from objects that have this property.</summary>
    public long PaneId => Id;

    /// <summary>Its window's target, a dot, and its index: commands take it as -Pane.</summary>
    public string Target => TerminalTargets.Of(SessionName, WindowIndex, Index);

    /// <summary>Its place among the panes of its window, in the layout's order.</summary>
    public int Index { get; }

    /// <summary>Its window's number.</summary>
    public long WindowId { get; }

    /// <summary>Its window's index.</summary>
    public int WindowIndex { get; }

    /// <summary>Its window's name.</summary>
    public string WindowName { get; }

    /// <summary>Its session's number.</summary>
    public long SessionId { get; }

    /// <summary>Its session's name.</summary>
    public string SessionName { get; }

    /// <summary>Whether it is the active pane of its window.</summary>
    public bool IsActive { get; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset Created { get; }

    /// <summary>How wide its terminal is, in character cells.</summary>
    public int Columns { get; }

    /// <summary>How high its terminal is, in character cells.</summary>
    public int Rows { get; }

    /// <summary>Whether a program runs in it (in this process or in another that has the store open), has ended, or is detached: Restore-TerminalSession starts it again.</summary>
    public PaneStatus State { get; }

    /// <summary>When that was noted in the log.</summary>
    public DateTimeOffset StateChanged { get; }

    /// <summary>Whether the program runs in this process, so that this process can talk to it.</summary>
    public bool IsLive { get; }

    /// <summary>The exit code of a program that has ended; otherwise null.</summary>
    public int? ExitCode { get; }

    /// <summary>The signal that ended it, or 0.</summary>
    public int Signal { get; }

    /// <summary>The process id of the program that runs, or null.</summary>
    public int? ProcessId { get; }

    /// <summary>Its title, as the program or its owner says; empty: none.</summary>
    public string Title { get; }

    /// <summary>The program.</summary>
    public string Command { get; }

    /// <summary>Its arguments.</summary>
    public string[] ArgumentList { get; }

    /// <summary>The directory that the program is started in.</summary>
    public string? StartDirectory { get; }

    /// <summary>Where the program was last seen; the directory it is started in as long as it was not seen.</summary>
    public string? WorkingDirectory { get; }

    /// <summary>What it finds in its environment beside what its session says and what is inherited.</summary>
    public TerminalVariable[] Environment { get; }

    /// <summary>What is started instead when the pane is restored, or null.</summary>
    public string? RestoreCommand { get; }

    /// <summary>The arguments of that.</summary>
    public string[] RestoreArgumentList { get; }

    /// <summary>How many lines of its output are kept; 0: no such limit.</summary>
    public long ScrollbackLines { get; }

    /// <summary>How many bytes of its output are kept; 0: no such limit.</summary>
    public long ScrollbackBytes { get; }

    /// <summary>How many bytes its programs have written since it was created: the position at which output goes on.</summary>
    public long OutputEnd { get; }

    /// <summary>How many of them are kept.</summary>
    public long OutputBytes { get; }

    /// <summary>How many lines are kept.</summary>
    public long OutputLines { get; }

    /// <summary>The full path of its store.</summary>
    public string StorePath => Origin.StorePath;

    internal StoreOrigin Origin { get; }

    /// <summary>The target.</summary>
    public override string ToString() => Target;
}

using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Terminals;

/// <summary>
/// Changes that are committed as one atomic step, in the order they were added. Whether each can be done is decided when the batch is committed; one that cannot withdraws all of them. Made by
/// <see cref="TerminalState.CreateBatch"/>, reusable after a commit.
/// </summary>
/// <remarks>Every method throws <see cref="ArgumentException"/> for text that is empty, too long, not valid, or has control characters where people see it.</remarks>
public sealed class TerminalBatch
{
    internal const byte Version = 1;

    private readonly TerminalIds _ids;

    internal TerminalBatch(TerminalIds ids) => _ids = ids;

    internal CommandBatch Commands { get; } = new();

    /// <summary>How many changes.</summary>
    public int Count => Commands.Count;

    /// <summary>Creates a session.</summary>
    /// <param name="name">1 to 256 characters; no other session has it, in whatever case.</param>
    /// <returns>Its id, which counts once the batch is committed.</returns>
    public SessionId CreateSession(string name)
    {
        SessionCreated command = new(_ids.NextSession(), TerminalText.RequireName(name));
        Add(command);
        return command.Session;
    }

    /// <summary>Destroys a session with its windows and panes, and their output.</summary>
    public void DestroySession(SessionId session) => Add(new SessionDestroyed(session));

    /// <summary>Gives a session another name.</summary>
    public void RenameSession(SessionId session, string name) => Add(new SessionRenamed(session, TerminalText.RequireName(name)));

    /// <summary>Says something of a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="key">1 to 256 characters.</param>
    /// <param name="value">At most a million characters.</param>
    public void SetMetadata(SessionId session, string key, string value) =>
        Add(new SessionMetadataSet(session, TerminalText.RequireName(key, "key"), TerminalText.RequireValue(value, TerminalText.ValueCharsMax, "value")));

    /// <summary>Says it no longer; what was never said is no error.</summary>
    public void UnsetMetadata(SessionId session, string key) => Add(new SessionMetadataUnset(session, TerminalText.RequireName(key, "key")));

    /// <summary>Says what programs started in a session find of a variable in their environment.</summary>
    public void SetEnvironment(SessionId session, EnvironmentEntry variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        Add(new SessionEnvironmentSet(session, variable));
    }

    /// <summary>Says nothing of it any more; what was never said is no error.</summary>
    public void UnsetEnvironment(SessionId session, string name) => Add(new SessionEnvironmentUnset(session, TerminalText.RequireVariable(name)));

    /// <summary>Creates a window without panes. The first one of a session is active.</summary>
    /// <param name="session">The session.</param>
    /// <param name="name">1 to 256 characters.</param>
    /// <param name="index">Its index, 0 or more; null: the one after the greatest.</param>
    /// <returns>Its id, which counts once the batch is committed.</returns>
    public WindowId CreateWindow(SessionId session, string name, int? index = null)
    {
        WindowCreated command = new(_ids.NextWindow(), session, RequireIndex(index), TerminalText.RequireName(name));
        Add(command);
        return command.Window;
    }

    /// <summary>Destroys a window with its panes, and their output.</summary>
    public void DestroyWindow(WindowId window) => Add(new WindowDestroyed(window));

    /// <summary>Gives a window another name.</summary>
    public void RenameWindow(WindowId window, string name) => Add(new WindowRenamed(window, TerminalText.RequireName(name)));

    /// <summary>Gives a window another index, or puts it into another session.</summary>
    /// <param name="window">The window.</param>
    /// <param name="session">The session it is in from now on.</param>
    /// <param name="index">Its index there, 0 or more; null: the one after the greatest.</param>
    public void MoveWindow(WindowId window, SessionId session, int? index = null) => Add(new WindowMoved(window, session, RequireIndex(index)));

    /// <summary>Has the panes of a window share its place in another way.</summary>
    /// <param name="window">The window.</param>
    /// <param name="layout">A layout that has each pane of the window once; null for a window without panes.</param>
    public void SetLayout(WindowId window, TerminalLayout? layout) => Add(new WindowLayout(window, layout));

    /// <summary>Creates a pane. Nothing is started in it. The first one of a window is active.</summary>
    /// <param name="window">The window.</param>
    /// <param name="configuration">What is to run in it.</param>
    /// <param name="size">How large its terminal is.</param>
    /// <param name="placement">Where it goes; null: to the right of the active pane.</param>
    /// <returns>Its id, which counts once the batch is committed.</returns>
    public PaneId CreatePane(WindowId window, PaneConfiguration configuration, TerminalSize size, PanePlacement? placement = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        PaneCreated command = new(_ids.NextPane(), window, configuration, RequireSize(size), placement ?? PanePlacement.Default);
        Add(command);
        return command.Pane;
    }

    /// <summary>Destroys a pane, and its output.</summary>
    public void DestroyPane(PaneId pane) => Add(new PaneDestroyed(pane));

    /// <summary>Gives a pane another size.</summary>
    public void ResizePane(PaneId pane, TerminalSize size) => Add(new PaneResized(pane, RequireSize(size)));

    /// <summary>Notes that a program was started in a pane, has ended, or was let go of.</summary>
    public void SetPaneState(PaneId pane, PaneState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Add(new PaneStateChanged(pane, state));
    }

    /// <summary>Gives a pane another title; empty for none.</summary>
    /// <param name="pane">The pane.</param>
    /// <param name="title">At most 4,096 characters.</param>
    public void SetPaneTitle(PaneId pane, string title) => Add(new PaneTitleChanged(pane, TerminalText.RequireShown(title, TerminalText.TitleCharsMax, "title")));

    /// <summary>Notes where the program in a pane is.</summary>
    public void SetPaneWorkingDirectory(PaneId pane, string path) => Add(new PaneWorkingDirectoryChanged(pane, TerminalText.RequirePath(path, "working directory")));

    /// <summary>Adds to a pane's output.</summary>
    /// <param name="pane">The pane.</param>
    /// <param name="bytes">Any bytes; they are kept as they are.</param>
    /// <exception cref="Diagnostics.StoreException">RecordTooLarge: more than 64 MiB.</exception>
    public void AppendOutput(PaneId pane, ReadOnlySpan<byte> bytes)
    {
        MessagePackWriter writer = new(Commands.Begin());
        try
        {
            writer.WriteArrayHeader(2);
            writer.WriteInteger(pane.Value);
            writer.WriteBinary(bytes);
        }
        catch
        {
            Commands.Cancel();
            throw;
        }

        Commands.End(TypeOf(TerminalRecordKind.PaneOutput), Version);
    }

    /// <summary>Makes a window the active one of its session.</summary>
    public void SelectWindow(SessionId session, WindowId window) => Add(new ActiveWindowChanged(session, window));

    /// <summary>Makes a pane the active one of its window.</summary>
    public void SelectPane(WindowId window, PaneId pane) => Add(new ActivePaneChanged(window, pane));

    /// <summary>Says what is to run in a pane when something is started in it next, and how much of its output is kept.</summary>
    public void ConfigurePane(PaneId pane, PaneConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        Add(new PaneConfigured(pane, configuration));
    }

    /// <summary>Says how much output is kept of panes that say nothing else.</summary>
    public void SetScrollbackLimits(ScrollbackLimits limits) => Add(new ScrollbackLimitsChanged(limits));

    internal static RecordType TypeOf(TerminalRecordKind kind) => new(StateModelId.Terminals, (byte)kind);

    /// <summary>Whether its ids are of these.</summary>
    internal bool IsOf(TerminalIds ids) => ReferenceEquals(_ids, ids);

    internal void Clear() => Commands.Clear();

    private void Add(TerminalCommand command)
    {
        GrowableBuffer buffer = Commands.Begin();
        try
        {
            command.Write(new MessagePackWriter(buffer));
        }
        catch
        {
            Commands.Cancel();
            throw;
        }

        Commands.End(TypeOf(command.Kind), Version);
    }

    private static int? RequireIndex(int? index)
    {
        if (index is int value)
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(index));
        return index;
    }

    private static TerminalSize RequireSize(TerminalSize size) => size == default ? throw new ArgumentException("The size is empty.", nameof(size)) : size;
}

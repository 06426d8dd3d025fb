namespace Persistence.Terminals;

/// <summary>What a terminal record says. On disk, never change; the fields are in FORMAT.md.</summary>
public enum TerminalRecordKind : byte
{
    /// <summary>A session was created.</summary>
    SessionCreated = 1,

    /// <summary>A session was destroyed, with its windows and panes.</summary>
    SessionDestroyed = 2,

    /// <summary>A session has another name.</summary>
    SessionRenamed = 3,

    /// <summary>Something is said of a session.</summary>
    SessionMetadataSet = 4,

    /// <summary>It is no longer said.</summary>
    SessionMetadataUnset = 5,

    /// <summary>A variable is said to be in, or not to be in, the environment of what is started in a session.</summary>
    SessionEnvironmentSet = 6,

    /// <summary>Nothing is said of it any more.</summary>
    SessionEnvironmentUnset = 7,

    /// <summary>A window was created.</summary>
    WindowCreated = 8,

    /// <summary>A window was destroyed, with its panes.</summary>
    WindowDestroyed = 9,

    /// <summary>A window has another name.</summary>
    WindowRenamed = 10,

    /// <summary>A window has another index, or is in another session.</summary>
    WindowMoved = 11,

    /// <summary>The panes of a window share its place in another way.</summary>
    WindowLayout = 12,

    /// <summary>A pane was created.</summary>
    PaneCreated = 13,

    /// <summary>A pane was destroyed.</summary>
    PaneDestroyed = 14,

    /// <summary>A pane has another size.</summary>
    PaneResized = 15,

    /// <summary>A program was started in a pane, has ended, or was let go of.</summary>
    PaneState = 16,

    /// <summary>A pane has another title.</summary>
    PaneTitle = 17,

    /// <summary>The program in a pane is in another directory.</summary>
    PaneWorkingDirectory = 18,

    /// <summary>The program in a pane has written something.</summary>
    PaneOutput = 19,

    /// <summary>Another window of a session is active.</summary>
    ActiveWindow = 20,

    /// <summary>Another pane of a window is active.</summary>
    ActivePane = 21,

    /// <summary>Another program is to run in a pane when one is started next, or in another way.</summary>
    PaneConfigured = 22,

    /// <summary>More or less output is kept of panes that say nothing else.</summary>
    ScrollbackLimits = 23,
}

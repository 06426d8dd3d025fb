using Persistence.Diagnostics;
using Persistence.State;

namespace Persistence.Terminals;

/// <summary>A change of terminals as the log holds it, for reading history. What its kind does not say is null. Values of environment variables are in it: whoever shows it leaves them out.</summary>
public sealed record TerminalChange
{
    private TerminalChange(TerminalRecordKind kind) => Kind = kind;

    /// <summary>What happened.</summary>
    public TerminalRecordKind Kind { get; }

    /// <summary>The session it is about, or the one that a window was created in or moved to.</summary>
    public SessionId? Session { get; private init; }

    /// <summary>The window it is about, or the one that a pane was created in or became active in.</summary>
    public WindowId? Window { get; private init; }

    /// <summary>The pane it is about.</summary>
    public PaneId? Pane { get; private init; }

    /// <summary>The name of a session or a window; the key of metadata; the name of a variable of which nothing is said any more.</summary>
    public string? Name { get; private init; }

    /// <summary>The value of metadata, a pane's title, or its working directory.</summary>
    public string? Text { get; private init; }

    /// <summary>A variable of a session's environment.</summary>
    public EnvironmentEntry? Variable { get; private init; }

    /// <summary>A window's index.</summary>
    public int? Index { get; private init; }

    /// <summary>A window's layout; null as well for one without panes.</summary>
    public TerminalLayout? Layout { get; private init; }

    /// <summary>What is to run in a pane.</summary>
    public PaneConfiguration? Configuration { get; private init; }

    /// <summary>A pane's size.</summary>
    public TerminalSize? Size { get; private init; }

    /// <summary>What goes on in a pane.</summary>
    public PaneState? State { get; private init; }

    /// <summary>How much output is kept of panes that say nothing else.</summary>
    public ScrollbackLimits? Limits { get; private init; }

    /// <summary>Where output begins among all that its pane has written.</summary>
    public long? OutputPosition { get; private init; }

    /// <summary>How many bytes of output.</summary>
    public int? OutputBytes { get; private init; }

    /// <summary>Whether a record type is a change of terminals that this version knows.</summary>
    public static bool Is(RecordType type) => type.Model == StateModelId.Terminals && Enum.IsDefined((TerminalRecordKind)type.Kind);

    /// <summary>Takes a record's payload apart.</summary>
    /// <exception cref="MalformedDataException">It is not one.</exception>
    /// <exception cref="StoreException">UnsupportedFormatVersion.</exception>
    public static TerminalChange Read(RecordType type, byte version, ReadOnlySpan<byte> payload)
    {
        if (!Is(type) || version != TerminalBatch.Version)
            throw new StoreException(StoreError.UnsupportedFormatVersion, $"Terminal records of kind {type.Kind}, version {version}, are newer than this program.");
        TerminalRecordKind kind = (TerminalRecordKind)type.Kind;
        return kind == TerminalRecordKind.PaneOutput ? ReadOutput(payload) : Of(TerminalCommands.Read(kind, payload, hasTail: true));
    }

    private static TerminalChange ReadOutput(ReadOnlySpan<byte> payload)
    {
        (PaneId pane, ReadOnlySpan<byte> bytes, long position) = OutputRecord.Read(payload, hasTail: true);
        return new TerminalChange(TerminalRecordKind.PaneOutput) { Pane = pane, OutputPosition = position, OutputBytes = bytes.Length };
    }

    private static TerminalChange Of(TerminalCommand command)
    {
        TerminalChange change = new(command.Kind);
        return command switch
        {
            SessionCreated created => change with { Session = created.Session, Name = created.Name },
            SessionDestroyed destroyed => change with { Session = destroyed.Session },
            SessionRenamed renamed => change with { Session = renamed.Session, Name = renamed.Name },
            SessionMetadataSet set => change with { Session = set.Session, Name = set.Key, Text = set.Value },
            SessionMetadataUnset unset => change with { Session = unset.Session, Name = unset.Key },
            SessionEnvironmentSet set => change with { Session = set.Session, Name = set.Variable.Name, Variable = set.Variable },
            SessionEnvironmentUnset unset => change with { Session = unset.Session, Name = unset.Name },
            WindowCreated created => change with { Window = created.Window, Session = created.Session, Name = created.Name, Index = created.Index },
            WindowDestroyed destroyed => change with { Window = destroyed.Window },
            WindowRenamed renamed => change with { Window = renamed.Window, Name = renamed.Name },
            WindowMoved moved => change with { Window = moved.Window, Session = moved.Session, Index = moved.Index },
            WindowLayout arranged => change with { Window = arranged.Window, Layout = arranged.Layout },
            ActiveWindowChanged selected => change with { Session = selected.Session, Window = selected.Window },
            ScrollbackLimitsChanged limited => change with { Limits = limited.Limits },
            _ => OfPane(command, change),
        };
    }

    private static TerminalChange OfPane(TerminalCommand command, TerminalChange change) => command switch
    {
        PaneCreated created => change with { Pane = created.Pane, Window = created.Window, Configuration = created.Configuration, Size = created.Size },
        PaneDestroyed destroyed => change with { Pane = destroyed.Pane },
        PaneResized resized => change with { Pane = resized.Pane, Size = resized.Size },
        PaneStateChanged changed => change with { Pane = changed.Pane, State = changed.State },
        PaneTitleChanged titled => change with { Pane = titled.Pane, Text = titled.Title },
        PaneWorkingDirectoryChanged moved => change with { Pane = moved.Pane, Text = moved.Path },
        PaneConfigured configured => change with { Pane = configured.Pane, Configuration = configured.Configuration },
        ActivePaneChanged selected => change with { Window = selected.Window, Pane = selected.Pane },
        _ => throw new ArgumentOutOfRangeException(nameof(command)),
    };
}

using Persistence.Diagnostics;

namespace Persistence.Terminals;

/// <summary>What became of a pane when it was to be restored.</summary>
public sealed record PaneRestoration
{
    /// <summary>Which pane.</summary>
    public required PaneId Pane { get; init; }

    /// <summary>The session it is in.</summary>
    public required string Session { get; init; }

    /// <summary>The index of the window it is in.</summary>
    public required int WindowIndex { get; init; }

    /// <summary>How it was found.</summary>
    public required PaneStatus Found { get; init; }

    /// <summary>Whether a program was to be started: not in a pane whose program had ended by itself, nor in one where one runs.</summary>
    public bool IsAttempted { get; init; }

    /// <summary>Whether one was.</summary>
    public bool IsSpawned { get; init; }

    /// <summary>The process that was started, or runs already; null: none does.</summary>
    public int? ProcessId { get; init; }

    /// <summary>Why none could be started, or null.</summary>
    public StoreException? Error { get; init; }

    /// <summary>What was started, or was to be: its program, without arguments.</summary>
    public required string Command { get; init; }

    /// <summary>Whether that is the restore command instead of the pane's own.</summary>
    public bool IsRestoreCommand { get; init; }

    /// <summary>Where it started; null: it did not.</summary>
    public string? Directory { get; init; }

    /// <summary>Whether that is where the program was last seen, or where it is to start; null: it did not start.</summary>
    public bool? IsDirectoryRestored { get; init; }

    /// <summary>Whether its environment is what it was; null: it did not start.</summary>
    public bool? IsEnvironmentRestored { get; init; }

    /// <summary>Variables that it did not get, because their values are not kept.</summary>
    public IReadOnlyList<string> WithheldVariables { get; init; } = [];

    /// <summary>The exit code of a program that had ended by itself, or null.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The process that ran in the pane before and still does, without a terminal; null: it has ended, as it should.</summary>
    public int? PreviousProcessId { get; init; }

    /// <summary>What is not as it was, in words, or null.</summary>
    public string? Warning { get; init; }

    /// <summary>What is known before anything is done.</summary>
    /// <param name="tree">The hierarchy.</param>
    /// <param name="pane">The pane.</param>
    /// <param name="previousProcessId">What of its last program still runs.</param>
    internal static PaneRestoration Of(TerminalTree tree, TerminalPane pane, int? previousProcessId)
    {
        TerminalWindow? window = tree.Windows.GetValueOrDefault(pane.Window);
        return new PaneRestoration
        {
            Pane = pane.Id,
            Session = window is null ? "" : tree.Sessions.GetValueOrDefault(window.Session)?.Name ?? "",
            WindowIndex = window?.Index ?? 0,
            Found = pane.State.Status,
            Command = pane.Configuration.RestoreCommand?.Command ?? pane.Configuration.Command,
            IsRestoreCommand = pane.Configuration.RestoreCommand is not null,
            PreviousProcessId = previousProcessId,
        };
    }

    /// <summary>The same once its program was started.</summary>
    internal PaneRestoration With(StartedPane started) => this with
    {
        IsAttempted = true,
        IsSpawned = true,
        ProcessId = started.Pty.ProcessId,
        Directory = started.Directory,
        IsDirectoryRestored = started.IsDirectoryRestored,
        IsEnvironmentRestored = started.MissingVariables.Count == 0,
        WithheldVariables = started.MissingVariables,
        Warning = Warn(started),
    };

    private string? Warn(StartedPane started)
    {
        List<string> warnings = [];
        if (!started.IsDirectoryRestored)
            warnings.Add($"Its directory is gone: it started in '{started.Directory}'.");
        if (started.MissingVariables.Count > 0)
            warnings.Add($"It did not get {string.Join(", ", started.MissingVariables)}: values of secrets are not kept.");
        if (PreviousProcessId is int previous)
            warnings.Add($"The process that ran in it before, {previous}, still runs.");
        return warnings.Count == 0 ? null : string.Join(' ', warnings);
    }
}

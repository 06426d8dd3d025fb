using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>What became of a pane when it was to be restored.</summary>
public sealed class TerminalRestoration
{
    internal TerminalRestoration(TerminalView view, PaneRestoration result)
    {
        TerminalPane? pane = view.Tree.Panes.GetValueOrDefault(result.Pane);
        Origin = view.Origin;
        PaneId = result.Pane.Value;
        SessionName = result.Session;
        WindowIndex = result.WindowIndex;
        PaneIndex = pane is null ? 0 : view.Tree.GetWindow(pane.Window).Panes.ToList().IndexOf(result.Pane);
        Status = StatusOf(result);
        Found = result.Found;
        Command = result.Command;
        IsRestoreCommand = result.IsRestoreCommand;
        ProcessId = result.ProcessId;
        PreviousProcessId = result.PreviousProcessId;
        ExitCode = result.ExitCode;
        Directory = result.Directory;
        IsDirectoryRestored = result.IsDirectoryRestored;
        IsEnvironmentRestored = result.IsEnvironmentRestored;
        WithheldVariables = [.. result.WithheldVariables];
        Warning = result.Warning;
        Error = result.Error?.Message;
    }

    /// <summary>What became of it.</summary>
    public TerminalRestorationStatus Status { get; }

    /// <summary>The session, the window's index and the pane's: commands take it as -Pane.</summary>
    public string Target => TerminalTargets.Of(SessionName, WindowIndex, PaneIndex);

    /// <summary>The pane's number.</summary>
    public long PaneId { get; }

    /// <summary>The name of the session it is in.</summary>
    public string SessionName { get; }

    /// <summary>The index of the window it is in.</summary>
    public int WindowIndex { get; }

    /// <summary>Its place among the panes of the window.</summary>
    public int PaneIndex { get; }

    /// <summary>How it was found in the log.</summary>
    public PaneStatus Found { get; }

    /// <summary>What was started, or was to be.</summary>
    public string Command { get; }

    /// <summary>Whether that is its restore command instead of its own.</summary>
    public bool IsRestoreCommand { get; }

    /// <summary>The process that was started, or runs already; otherwise null.</summary>
    public int? ProcessId { get; }

    /// <summary>The process that ran in it before and still does, without a terminal; null: it has ended, as it should.</summary>
    public int? PreviousProcessId { get; }

    /// <summary>The exit code of a program that had ended by itself, or null.</summary>
    public int? ExitCode { get; }

    /// <summary>Where it started; null: it did not.</summary>
    public string? Directory { get; }

    /// <summary>Whether that is where it was to start; null: it did not.</summary>
    public bool? IsDirectoryRestored { get; }

    /// <summary>Whether its environment is what it was; null: it did not start.</summary>
    public bool? IsEnvironmentRestored { get; }

    /// <summary>Variables that it did not get, because their values are not kept.</summary>
    public string[] WithheldVariables { get; }

    /// <summary>What is not as it was, in words, or null.</summary>
    public string? Warning { get; }

    /// <summary>Why it could not be started, or null.</summary>
    public string? Error { get; }

    /// <summary>The full path of the store.</summary>
    public string StorePath => Origin.StorePath;

    internal StoreOrigin Origin { get; }

    /// <summary>The target and the status.</summary>
    public override string ToString() => $"{Target}: {Status}";

    private static TerminalRestorationStatus StatusOf(PaneRestoration result)
    {
        if (result.IsSpawned)
            return TerminalRestorationStatus.Restored;
        if (result.Error is not null)
            return TerminalRestorationStatus.Failed;
        return result.Found == PaneStatus.Exited ? TerminalRestorationStatus.Exited : TerminalRestorationStatus.Running;
    }
}

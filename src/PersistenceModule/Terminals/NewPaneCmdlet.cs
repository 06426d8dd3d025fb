using System.Management.Automation;
using Persistence.Diagnostics;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>A command that creates a pane, and starts a program in it.</summary>
public abstract class NewPaneCmdlet : PaneProgramCmdlet
{
    private const int NameCharsMax = 256;

    /// <summary>What is started instead when the pane is restored.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? RestoreCommand { get; set; }

    /// <summary>The arguments of that.</summary>
    [Parameter]
    [AllowEmptyCollection]
    [AllowEmptyString]
    public string[] RestoreArgumentList { get; set; } = [];

    /// <summary>How wide the terminal is.</summary>
    [Parameter]
    [ValidateRange(1, TerminalSize.CellsMax)]
    public int Columns { get; set; }

    /// <summary>How high the terminal is.</summary>
    [Parameter]
    [ValidateRange(1, TerminalSize.CellsMax)]
    public int Rows { get; set; }

    /// <summary>How many lines of output are kept; 0 for no limit.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long ScrollbackLines { get; set; }

    /// <summary>How many bytes of output are kept; 0 for no limit.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long ScrollbackBytes { get; set; }

    /// <summary>Start nothing.</summary>
    [Parameter]
    public SwitchParameter NoStart { get; set; }

    /// <summary>Creates something, if that is wanted: asked before the store is opened.</summary>
    private protected void Create(StoreOrigin? origin, string what, string action, Action<WalStore> create)
    {
        StoreTarget target = FindTarget(origin, StoreAccess.Write);
        ForOneOf(what, target, () =>
        {
            RequireNoTransaction(target);
            WalStore? running = NoStart ? null : ToRun(target);
            if (ShouldProcess($"{what} ({target.Directory})", action))
                create(running ?? ToChange(target));
        });
    }

    /// <summary>What is to run in the pane.</summary>
    private protected PaneConfiguration CreateConfiguration(WalStore store, IReadOnlyList<EnvironmentEntry> environment) => new()
    {
        Command = Command ?? DefaultShell.Find(),
        Arguments = ArgumentList,
        WorkingDirectory = ResolveWorkingDirectory() ?? CurrentDirectory,
        Environment = environment,
        RestoreCommand = RestoreCommand is null && !IsGiven(nameof(RestoreArgumentList)) ? null : new PaneCommand(RestoreCommand ?? Command ?? DefaultShell.Find(), RestoreArgumentList),
        Scrollback = ToLimits(store.Panes.Tree.Scrollback),
    };

    /// <summary>How large the terminal is.</summary>
    private protected TerminalSize ToSize(TerminalSize usual) =>
        new(IsGiven(nameof(Columns)) ? Columns : usual.Columns, IsGiven(nameof(Rows)) ? Rows : usual.Rows);

    /// <summary>A window is named after its program where nobody gives it a name.</summary>
    private protected static string NameWindow(string? given, PaneConfiguration configuration)
    {
        if (given is not null)
            return given;
        string program = new([.. System.IO.Path.GetFileName(configuration.Command.TrimEnd('/', '\\')).Where(static character => !char.IsControl(character)).Take(NameCharsMax)]);
        return string.IsNullOrWhiteSpace(program) || char.IsSurrogate(program[^1]) ? "window" : program;
    }

    /// <summary>Has the host remember secrets, and starts the program of a pane that was just created. If that cannot be, what was created is taken back.</summary>
    private protected void Start(WalStore store, PaneId pane, SecretVariables variables, Action<PaneHost> keepSecrets, Action<TerminalBatch> takeBack)
    {
        try
        {
            KeepSecrets(store, variables.Secrets, keepSecrets);
            if (!NoStart)
                store.Panes.RequireHost(CurrentDirectory).Start(pane);
        }
        catch (Exception e) when (e is StoreException or ObjectDisposedException)
        {
            TakeBack(store, takeBack);
            throw;
        }
    }

    private static void TakeBack(WalStore store, Action<TerminalBatch> takeBack)
    {
        try
        {
            Commit(store, takeBack);
        }
        catch (Exception e) when (e is StoreException or ObjectDisposedException)
        {
            // A store that cannot keep that it runs, or is being closed, cannot keep this either; what is left is detached.
        }
    }

    private ScrollbackLimits? ToLimits(ScrollbackLimits usual) => IsGiven(nameof(ScrollbackLines)) || IsGiven(nameof(ScrollbackBytes))
        ? new ScrollbackLimits(IsGiven(nameof(ScrollbackLines)) ? ScrollbackLines : usual.Lines, IsGiven(nameof(ScrollbackBytes)) ? ScrollbackBytes : usual.Bytes)
        : null;
}

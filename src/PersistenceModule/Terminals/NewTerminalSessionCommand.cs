using System.Collections;
using System.Globalization;
using System.Management.Automation;
using Persistence.Diagnostics;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>New-TerminalSession: creates a session with a window and a pane, and starts a program in it.</summary>
[Cmdlet(VerbsCommon.New, "TerminalSession", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(TerminalSessionInfo))]
public sealed class NewTerminalSessionCommand : NewPaneCmdlet
{
    /// <summary>The session's name; without one the next number that is free.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The window's name; without one that of the program.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? WindowName { get; set; }

    /// <summary>What is to be said of the session.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Metadata { get; set; }

    private protected override void Process() => Create(null, Name is null ? "a session" : $"session '{Name}'", "Create terminal session", store =>
    {
        SecretVariables variables = ReadEnvironment(store);
        PaneConfiguration configuration = CreateConfiguration(store, []);
        (SessionId session, PaneId pane) = Create(store, configuration, variables.Kept);
        Start(store, pane, variables, host => host.KeepSecrets(session, variables.Secrets), batch => batch.DestroySession(session));
        TerminalView view = View(store);
        WriteObject(view.Describe(view.Tree.GetSession(session)));
    });

    /// <summary>Somebody else may take the next free number first.</summary>
    private (SessionId Session, PaneId Pane) Create(WalStore store, PaneConfiguration configuration, IReadOnlyList<EnvironmentEntry> environment)
    {
        while (true)
        {
            try
            {
                return Create(store, Name ?? NextName(store.Panes.Tree), configuration, environment);
            }
            catch (StoreException e) when (Name is null && e.Error == StoreError.SessionExists)
            {
                StopToken.ThrowIfCancellationRequested();
            }
        }
    }

    private (SessionId Session, PaneId Pane) Create(WalStore store, string name, PaneConfiguration configuration, IReadOnlyList<EnvironmentEntry> environment)
    {
        (SessionId Session, PaneId Pane) created = default;
        Commit(store, batch =>
        {
            SessionId session = batch.CreateSession(name);
            foreach (EnvironmentEntry variable in environment)
                batch.SetEnvironment(session, variable);
            foreach ((string key, string? value) in TerminalEnvironment.Pairs(Metadata).Where(static pair => pair.Value is not null))
                batch.SetMetadata(session, key, value!);
            WindowId window = batch.CreateWindow(session, NameWindow(WindowName, configuration));
            created = (session, batch.CreatePane(window, configuration, ToSize(TerminalSize.Default)));
        });
        return created;
    }

    private static string NextName(TerminalTree tree)
    {
        int number = 0;
        while (tree.FindSession(number.ToString(CultureInfo.InvariantCulture)) is not null)
            number++;
        return number.ToString(CultureInfo.InvariantCulture);
    }
}

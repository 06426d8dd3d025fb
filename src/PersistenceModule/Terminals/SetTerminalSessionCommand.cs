using System.Collections;
using System.Management.Automation;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Set-TerminalSession: says something of a session, and what programs that are started in it find in their environment.</summary>
[Cmdlet(VerbsCommon.Set, "TerminalSession", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(TerminalSessionInfo))]
public sealed class SetTerminalSessionCommand : TerminalCmdlet
{
    /// <summary>The sessions.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TerminalSessionCompleter))]
    public TerminalSessionReference[]? Session { get; set; }

    /// <summary>What is to be said, by key; null as a value says it no longer.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Metadata { get; set; }

    /// <summary>Keys of what is no longer to be said.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] RemoveMetadata { get; set; } = [];

    /// <summary>Variables by name; null as a value removes one that would be inherited.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Environment { get; set; }

    /// <summary>Names of variables of which nothing is to be said any more.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] RemoveEnvironment { get; set; } = [];

    /// <summary>Keep the values of variables that look like secrets, too.</summary>
    [Parameter]
    public SwitchParameter PersistSecret { get; set; }

    /// <summary>Return the sessions.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process()
    {
        foreach (TerminalSessionReference session in Session!)
            Change(session.Origin, $"session '{session}'", "Set terminal session", store => Set(store, session.Find(store.Panes.Tree).Id));
    }

    private void Set(WalStore store, SessionId session)
    {
        SecretVariables variables = TerminalEnvironment.Read(Environment, store, PersistSecret);
        Commit(store, batch =>
        {
            foreach (string key in RemoveMetadata)
                batch.UnsetMetadata(session, key);
            foreach ((string key, string? value) in TerminalEnvironment.Pairs(Metadata))
                SetMetadata(batch, session, key, value);
            foreach (string name in RemoveEnvironment)
                batch.UnsetEnvironment(session, name);
            foreach (EnvironmentEntry variable in variables.Kept)
                batch.SetEnvironment(session, variable);
        });
        KeepSecrets(store, variables.Secrets, host => host.KeepSecrets(session, variables.Secrets));
        if (!PassThru)
            return;
        TerminalView view = View(store);
        WriteObject(view.Describe(view.Tree.GetSession(session)));
    }

    private static void SetMetadata(TerminalBatch batch, SessionId session, string key, string? value)
    {
        if (value is null)
            batch.UnsetMetadata(session, key);
        else
            batch.SetMetadata(session, key, value);
    }
}

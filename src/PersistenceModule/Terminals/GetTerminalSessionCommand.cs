using System.Management.Automation;
using Persistence.Diagnostics;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Get-TerminalSession: lists sessions.</summary>
[Cmdlet(VerbsCommon.Get, "TerminalSession", DefaultParameterSetName = ParameterSets.Path)]
[OutputType(typeof(TerminalSessionInfo))]
public sealed class GetTerminalSessionCommand : TerminalReaderCmdlet
{
    /// <summary>Names; wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [Alias("Session")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TerminalSessionCompleter))]
    public TerminalSessionReference[]? Name { get; set; }

    /// <summary>Numbers.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public long[]? Id { get; set; }

    private protected override void Process()
    {
        HashSet<(string, long)> seen = [];
        ForEach(Name, (view, given) =>
        {
            IEnumerable<TerminalSession> sessions = given is null ? view.Tree.Sessions.Values : SessionSelection.Find(view.Tree, given);
            foreach (TerminalSession session in sessions.Where(session => (Id is null || Id.Contains(session.Id.Value)) && seen.Add((view.Origin.StorePath, session.Id.Value))))
                WriteObject(view.Describe(session));
            ReportMissing(Id ?? [], id => view.Tree.Sessions.ContainsKey(new SessionId(id)), StoreError.SessionNotFound, "session", view.Origin.StorePath);
        });
    }
}

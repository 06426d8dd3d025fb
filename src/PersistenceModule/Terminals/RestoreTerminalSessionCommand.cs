using System.Globalization;
using System.Management.Automation;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Restore-TerminalSession: starts again what ran when the store was last open, and says of each pane what became of it.</summary>
[Cmdlet(VerbsData.Restore, "TerminalSession", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(TerminalRestoration))]
public sealed class RestoreTerminalSessionCommand : TerminalCmdlet
{
    /// <summary>Names of sessions; wildcards. All sessions when left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [Alias("Session")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TerminalSessionCompleter))]
    public TerminalSessionReference[]? Name { get; set; }

    private protected override void Process()
    {
        if (Name is null)
            Restore(null, "terminals", static tree => tree.Sessions.Values.ToArray());
        foreach (TerminalSessionReference given in Name ?? [])
            Restore(given.Origin, given.Text, tree => SessionSelection.Find(tree, given));
    }

    private void Restore(StoreOrigin? origin, string what, Func<TerminalTree, IReadOnlyList<TerminalSession>> choose)
    {
        StoreTarget target = FindTarget(origin, StoreAccess.Write);
        ForOneOf(what, target, () =>
        {
            WalStore store = ToRun(target);
            TerminalTree tree = store.Panes.Tree;
            HashSet<PaneId> chosen = [.. choose(tree).SelectMany(session => tree.WindowsOf(session.Id)).SelectMany(static window => window.Panes)];
            chosen.RemoveWhere(pane => IsToBeStarted(store, tree.Panes[pane]) && !ShouldProcess(Describe(tree, tree.Panes[pane]), "Start program"));
            if (!IsWhatIf)
                Restore(store, chosen);
        });
    }

    private void Restore(WalStore store, HashSet<PaneId> chosen)
    {
        int count = 0;
        using ProgressReporter progress = StartProgress($"Restoring terminals of '{store.Path}'");
        progress.Report("Starting", count, chosen.Count);
        foreach (PaneRestoration result in store.Panes.RequireHost(CurrentDirectory).Restore(pane => chosen.Contains(pane.Id), StopToken))
        {
            TerminalRestoration restored = new(View(store), result);
            progress.Report(string.Create(CultureInfo.InvariantCulture, $"{restored.Target}, pane {++count} of {chosen.Count}"), count, chosen.Count);
            if (result.Error is not null)
                WriteError(ToRecord(result.Error, restored.Target, store.Path));
            if (result.Warning is not null)
                WriteWarning($"{restored.Target}: {result.Warning}");
            WriteObject(restored);
        }
    }

    private static bool IsToBeStarted(WalStore store, TerminalPane pane) => pane.State.Status != PaneStatus.Exited && !store.Panes.IsLive(pane.Id);

    private static string Describe(TerminalTree tree, TerminalPane pane)
    {
        TerminalWindow window = tree.GetWindow(pane.Window);
        string target = TerminalTargets.Of(tree.GetSession(window.Session).Name, window.Index, window.Panes.ToList().IndexOf(pane.Id));
        return $"pane '{target}': {pane.Configuration.RestoreCommand?.Command ?? pane.Configuration.Command}";
    }
}

using System.Management.Automation;
using Persistence.Diagnostics;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>Get-TerminalWindow: lists windows, in the order of their indexes.</summary>
[Cmdlet(VerbsCommon.Get, "TerminalWindow", DefaultParameterSetName = ParameterSets.Path)]
[OutputType(typeof(TerminalWindowInfo))]
public sealed class GetTerminalWindowCommand : TerminalReaderCmdlet
{
    private WildcardPattern[] _names = [];

    /// <summary>Sessions: names, with wildcards, or objects; or targets of windows.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TerminalSessionCompleter))]
    public TerminalSessionReference[]? Session { get; set; }

    /// <summary>Names; wildcards.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? Name { get; set; }

    /// <summary>Indexes.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public int[]? Index { get; set; }

    /// <summary>Numbers.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public long[]? Id { get; set; }

    private protected override void Begin() => _names = Array.ConvertAll(Name ?? [], static name => Patterns.Compile(name, WildcardOptions.IgnoreCase));

    private protected override void Process()
    {
        HashSet<(string, long)> seen = [];
        ForEach(Session, (view, given) =>
        {
            foreach (TerminalWindow window in SessionSelection.FindWindows(view.Tree, given).Where(IsWanted).Where(window => seen.Add((view.Origin.StorePath, window.Id.Value))))
                WriteObject(view.Describe(window));
            ReportMissing(Id ?? [], id => view.Tree.Windows.ContainsKey(new WindowId(id)), StoreError.WindowNotFound, "window", view.Origin.StorePath);
        });
    }

    private bool IsWanted(TerminalWindow window) =>
        (Id is null || Id.Contains(window.Id.Value)) && (Index is null || Index.Contains(window.Index)) && (Name is null || _names.Any(pattern => pattern.IsMatch(window.Name)));
}

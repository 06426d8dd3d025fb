using System.Management.Automation;
using Persistence.Engine;

namespace PersistenceModule;

/// <summary>Get-WalSegment: lists the segments of a store's archive, of its log, and its spares.</summary>
[Cmdlet(VerbsCommon.Get, "WalSegment", DefaultParameterSetName = ParameterSets.Path)]
[OutputType(typeof(WalSegment))]
public sealed class GetWalSegmentCommand : StoreCmdlet
{
    /// <summary>Segments in these states.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public LogSegmentState[]? State { get; set; }

    /// <summary>Segments of these numbers.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateRange(1, long.MaxValue)]
    public long[]? Sequence { get; set; }

    private protected override void Process() => ForEachStore(StoreAccess.Read, List);

    private void List(WalStore store)
    {
        foreach (LogSegment segment in store.Engine.GetSegments().Where(IsWanted))
            WriteObject(new WalSegment(segment, store.Path));
    }

    private bool IsWanted(LogSegment segment) =>
        (State is null || State.Contains(segment.State)) && (Sequence is null || (segment.Sequence is long number && Sequence.Contains(number)));
}

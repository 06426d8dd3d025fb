using System.Management.Automation;
using Persistence.State;
using Persistence.Wal;

namespace PersistenceModule;

/// <summary>Get-WalEntry: reads the log in order.</summary>
[Cmdlet(VerbsCommon.Get, "WalEntry", DefaultParameterSetName = ParameterSets.Path)]
[OutputType(typeof(WalEntry))]
public sealed class GetWalEntryCommand : EntriesCmdlet
{
    private WalEntryFilter _filter = WalEntryFilter.Everything;

    /// <summary>The first position wanted.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long FromLsn { get; set; }

    /// <summary>The last position wanted.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long ToLsn { get; set; } = long.MaxValue;

    /// <summary>Entries made at this moment or later.</summary>
    [Parameter]
    public DateTimeOffset? After { get; set; }

    /// <summary>Entries made before this moment.</summary>
    [Parameter]
    public DateTimeOffset? Before { get; set; }

    /// <summary>So many of the first entries; not together with <see cref="Last"/>.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int First { get; set; }

    /// <summary>So many of the last entries; not together with <see cref="First"/>.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Last { get; set; }

    private protected override void Begin()
    {
        if (First > 0 && Last > 0)
            throw ErrorRecords.RangeAmbiguous();
        _filter = CreateFilter() with { After = After, Before = Before };
    }

    private protected override void Process() => ForEachStore(StoreAccess.Read, Read);

    private void Read(WalStore store)
    {
        IEnumerable<WalEntry> entries = Matching(store);
        if (First > 0)
            entries = entries.Take(First);
        if (Last > 0)
            entries = entries.TakeLast(Last);
        foreach (WalEntry entry in entries)
            WriteObject(entry);
    }

    private IEnumerable<WalEntry> Matching(WalStore store)
    {
        foreach (LogEntry record in ReadLog(store))
        {
            StopToken.ThrowIfCancellationRequested();
            if (record.Lsn.Value > ToLsn)
                yield break;
            if (WalEntryReader.Read(record, _filter, store.Entities.Schema) is not WalEntry entry)
                continue;
            if (entry.Type is string type)
                store.RememberType(type);
            yield return entry;
        }
    }

    /// <summary>What is missing in the archive is reported, and what comes behind it is read; a position asked for that is gone ends the reading.</summary>
    private IEnumerable<LogEntry> ReadLog(WalStore store)
    {
        Lsn from = new(FromLsn);
        bool isPositionThere = FromLsn == 0;
        while (true)
        {
            using IEnumerator<LogEntry> records = store.Engine.ReadLog(from).GetEnumerator();
            LogTruncatedException? lost;
            while (TryRead(records, isPositionThere, out lost))
            {
                isPositionThere = true;
                yield return records.Current;
            }

            if (lost is null || lost.To <= from)
                yield break;
            WriteError(ToRecord(lost, store.Path, store.Path));
            from = lost.To;
        }
    }

    private static bool TryRead(IEnumerator<LogEntry> records, bool mayGoOn, out LogTruncatedException? lost)
    {
        lost = null;
        try
        {
            return records.MoveNext();
        }
        catch (LogTruncatedException e) when (mayGoOn)
        {
            lost = e;
            return false;
        }
    }
}

using System.Management.Automation;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.State;
using Persistence.Wal;

namespace PersistenceModule;

/// <summary>Watch-WalEntry: follows the log while others write it.</summary>
[Cmdlet(VerbsCommon.Watch, "WalEntry", DefaultParameterSetName = ParameterSets.Path)]
[OutputType(typeof(WalEntry))]
public sealed class WatchWalEntryCommand : EntriesCmdlet
{
    /// <summary>What the timer of a cancellation token can take.</summary>
    private static readonly TimeSpan TimeoutMax = TimeSpan.FromDays(24);

    // Of one log before the next one has its turn.
    private const int TurnEntriesMax = 100;

    private readonly List<WatchedLog> _logs = [];
    private WalEntryFilter _filter = WalEntryFilter.Everything;
    private DateTimeOffset _begun;
    private int _written;
    private bool _hasMore;

    /// <summary>The first position wanted; without it what is written from now on.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long? FromLsn { get; set; }

    /// <summary>Begin with so many of the last entries there are.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Tail { get; set; }

    /// <summary>Show entries before they are known to be flushed.</summary>
    [Parameter]
    public SwitchParameter IncludeUnsynced { get; set; }

    /// <summary>End after so many entries.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = int.MaxValue;

    /// <summary>End after so long; a number is seconds.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Timeout { get; set; }

    private protected override void Begin()
    {
        if (Timeout is TimeSpan timeout && (timeout < TimeSpan.Zero || timeout > TimeoutMax))
            throw new StoreException(StoreError.ConfigurationInvalid, $"Timeout is {timeout}; allowed: 0 to {TimeoutMax.Days} days.");
        _filter = CreateFilter();
        _begun = TimeProvider.System.GetUtcNow();
    }

    private protected override void Process() => ForEachTarget(target =>
    {
        Lsn? from = FromLsn is long lsn ? new Lsn(lsn) : Tail > 0 ? Lsn.None : null;
        WatchedLog log = WatchedLog.Open(target, from, new LogTailOptions { IncludeUnsynced = IncludeUnsynced });
        _logs.Add(log);
        WriteVerbose($"Following '{log.Directory}'.");
        WriteDebug($"Following '{log.Directory}' from LSN {log.Position}.");
    });

    /// <summary>Several logs are followed in turns, so that neither one that is silent nor one that is never at its end keeps another waiting.</summary>
    private protected override void End()
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(StopToken);
        if (Timeout is TimeSpan timeout)
            end.CancelAfter(timeout);
        foreach (WatchedLog log in _logs.ToArray())
            Work(log, Tail > 0 ? WriteLast : WriteSome);
        while (_logs.Count > 0 && _written < Count && (_hasMore || !end.IsCancellationRequested))
        {
            if (!_hasMore)
                _logs[0].Wait(end.Token);
            StopToken.ThrowIfCancellationRequested();
            _hasMore = false;
            foreach (WatchedLog log in _logs.ToArray())
                Work(log, WriteSome);
        }

        void WriteSome(WatchedLog log) => WriteNew(log, end.Token);
    }

    private protected override void Release()
    {
        foreach (WatchedLog log in _logs)
            log.Dispose();
        _logs.Clear();
        base.Release();
    }

    /// <summary>A log that cannot be followed any further is left out from then on.</summary>
    private void Work(WatchedLog log, Action<WatchedLog> work)
    {
        bool goesOn = false;
        ForOne(log.Directory, log.Directory, () =>
        {
            work(log);
            goesOn = true;
        });
        if (goesOn)
            return;
        _logs.Remove(log);
        log.Dispose();
    }

    /// <summary>What there was when the command began is written in any case; what came since, until the time is over.</summary>
    private void WriteNew(WatchedLog log, CancellationToken end)
    {
        for (int written = 0; written < TurnEntriesMax && _written < Count; written++)
        {
            if (ReadNext(log) is not WalEntry entry || (end.IsCancellationRequested && entry.Time > _begun))
                return;
            Write(entry);
        }

        _hasMore = true;
    }

    /// <summary>The last of what there is.</summary>
    private void WriteLast(WatchedLog log)
    {
        Queue<WalEntry> last = [];
        while (ReadNext(log) is WalEntry entry)
        {
            if (last.Count == Tail)
                last.Dequeue();
            last.Enqueue(entry);
        }

        while (_written < Count && last.TryDequeue(out WalEntry? entry))
            Write(entry);
    }

    private void Write(WalEntry entry)
    {
        _written++;
        WriteObject(entry);
    }

    /// <summary>The next entry that is wanted, or null when there is none yet. What is lost, and what cannot be made out, is reported and passed by.</summary>
    private WalEntry? ReadNext(WatchedLog log)
    {
        while (true)
        {
            StopToken.ThrowIfCancellationRequested();
            try
            {
                if (log.TryRead() is not LogEntry record)
                    return null;
                if (WalEntryReader.Read(record, _filter, log.FindSchema(record.Type)) is not WalEntry entry)
                    continue;
                if (entry.Type is string type)
                    log.RememberType(type);
                return entry;
            }
            catch (StoreException e) when (e is LogTruncatedException or LogBranchException or MalformedDataException)
            {
                WriteError(ErrorRecords.From(e, log.Directory, log.Directory));
            }
        }
    }
}

using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Worker;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Entities;
using Persistence.Files;
using Persistence.KeyValue;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Wal;

namespace Persistence.CrashKit.Simulation;

/// <summary>
/// A process that follows the log from the moment the store is open until it is closed. It is given every entry once, in order, each as it was written; what is
/// missing retention has removed, and it was told so; and whatever it was given is promised from that moment on.
/// </summary>
/// <param name="comesAgain">Whether it comes now and then, holds nothing meanwhile, and retention may be faster; otherwise it keeps up.</param>
internal sealed class TailingNeighbour(bool comesAgain) : Neighbour
{
    private const int StepsOfQuick = 12;
    private const int StepsOfSlow = 150;
    private const int WaitsOneIn = 4;
    private static readonly LogTailOptions Options = new() { PollIntervalMs = 1 };

    private readonly List<(LogEntry Entry, long Stamp)> _given = [];
    private readonly List<LogTruncatedException> _lost = [];
    private readonly List<(WriterHistory Writer, int Operation, long Stamp)> _toldOf = [];
    private Lsn _start;
    private int _givenBesideWriters;

    /// <summary>How many entries it was given while the writers worked.</summary>
    public override int Looks => _givenBesideWriters;

    /// <summary>How many ranges it was told are lost.</summary>
    public int Losses => _lost.Count;

    /// <summary>How many operations were promised to it before anybody else was told.</summary>
    public int FirstToKnow { get; private set; }

    public override void Run(RecordedRun run, StoreHost host)
    {
        try
        {
            if (comesAgain)
                ComeAgain(run, host);
            else
                KeepUp(run, host);
            if (_lost.Count > 0)
                RequireLost(run, host);
        }
        catch (StoreException e)
        {
            Objection ??= $"a tail beside the writers was told {e.Error}: {e.Message}";
        }
    }

    public override string? Judge(RunHistory history)
    {
        Objection ??= FindDisorder() ?? Compare(history);
        return Objection;
    }

    /// <summary>From the moment it was given of an operation on, that one may not be lost.</summary>
    public void Promise()
    {
        foreach ((WriterHistory writer, int operation, long stamp) in _toldOf.Where(told => told.Stamp < told.Writer.Promised[told.Operation]))
        {
            writer.Promised[operation] = stamp;
            FirstToKnow++;
        }
    }

    /// <summary>It looks often. Half of them want what was there before, too.</summary>
    private void KeepUp(RecordedRun run, StoreHost host)
    {
        using LogTail tail = PersistenceStore.Tail(host, (run.Plan.Seed & 2) == 0 ? null : Lsn.None, Options);
        _start = tail.Position;
        for (int look = 0; !run.IsClosed; look++)
        {
            ReadOn(run, tail);
            if (look % WaitsOneIn == 0)
                tail.Wait();
            Pass(run, StepsOfQuick);
        }

        // Closing makes everything durable, and says so.
        ReadOn(run, tail);
    }

    /// <summary>It wants everything there is when it comes, and goes on where it was.</summary>
    private void ComeAgain(RecordedRun run, StoreHost host)
    {
        Lsn position = Lsn.None;
        for (bool isLast = false; !isLast;)
        {
            Pass(run, StepsOfSlow);
            isLast = run.IsClosed;
            using LogTail tail = PersistenceStore.Tail(host, position, Options);
            // The first time nobody asks for what was removed before.
            _start = position == Lsn.None ? tail.Position : _start;
            ReadOn(run, tail);
            position = tail.Position;
        }
    }

    private static void Pass(RecordedRun run, int steps)
    {
        for (int step = 0; step < steps && !run.IsClosed; step++)
            run.Step();
    }

    private void ReadOn(RecordedRun run, LogTail tail)
    {
        while (true)
        {
            try
            {
                if (tail.TryRead() is not LogEntry entry)
                    return;
                _given.Add((entry, run.Mark()));
                _givenBesideWriters += run.IsClosing ? 0 : 1;
            }
            catch (LogTruncatedException lost)
            {
                _lost.Add(lost);
            }
        }
    }

    /// <summary>Nothing of what it was told is lost may be there.</summary>
    private void RequireLost(RecordedRun run, StoreHost host)
    {
        LogTruncatedException last = _lost[^1];
        using PersistenceStore store = PersistenceStore.OpenReadOnly(host, WorkloadStates.Of(run.Plan).All);
        if (run.Plan.KeepsAllRecords || (store.ReadLog().FirstOrDefault() is LogEntry oldest && oldest.Lsn < last.To))
            Objection ??= $"a tail was told that the log from {last.From} to {last.To} is lost, and it is not";
    }

    private string? FindDisorder()
    {
        for (int i = 1; i < _given.Count; i++)
        {
            if (_given[i].Entry.Lsn <= _given[i - 1].Entry.Lsn)
                return $"a tail was given {_given[i].Entry.Lsn} after {_given[i - 1].Entry.Lsn}";
        }

        return null;
    }

    /// <summary>Holds what it was given against what was written, both in the order of the log.</summary>
    private string? Compare(RunHistory history)
    {
        int at = 0;
        bool isOfThisRun = false;
        foreach ((WriterHistory writer, int operation, CommitResult committed) in InOrder(history))
        {
            for (; at < _given.Count && _given[at].Entry.Lsn < committed.First; at++)
            {
                if (isOfThisRun && !IsNote(_given[at].Entry))
                    return NobodyWrote(_given[at].Entry);
            }

            isOfThisRun = true;
            int first = at;
            while (at < _given.Count && _given[at].Entry.Lsn < committed.End)
                at++;
            if (first < at)
                _toldOf.Add((writer, operation, _given[first].Stamp));
            if (!IsWhole(writer, operation, _given[first..at], isBeginningMissing: MayBeMissing(committed)))
                return $"a tail was given {at - first} entries of the {writer.Operations[operation].Kind} at {committed.First}, not what was written there";
        }

        return _given.Skip(at).Select(given => given.Entry).FirstOrDefault(entry => !IsNote(entry)) is LogEntry unknown ? NobodyWrote(unknown) : null;
    }

    private static IEnumerable<(WriterHistory Writer, int Operation, CommitResult Committed)> InOrder(RunHistory history) =>
        from writer in history.Writers
        from operation in Enumerable.Range(0, writer.Operations.Count)
        where writer.Committed[operation] is not null
        orderby writer.Committed[operation]!.Value.First
        select (writer, operation, writer.Committed[operation]!.Value);

    private bool MayBeMissing(CommitResult committed) =>
        committed.First < _start || _lost.Exists(lost => lost.From <= committed.First && committed.First < lost.To);

    /// <summary>The engine's own, and changes of tables of entities: nobody is told where these are.</summary>
    private static bool IsNote(LogEntry entry) => entry.Type == RecordType.CheckpointMarker || (entry.Type.Model == StateModelId.Files && !FileChange.Is(entry.Type))
        || (entry.Type.Model == StateModelId.Entities && entry.Type.Kind <= (byte)EntityRecordKind.FieldWidened);

    private static string NobodyWrote(LogEntry entry) => $"a tail was given an entry at {entry.Lsn} that nobody wrote";

    /// <summary>All that was written, in its order, or the end of it where the rest is lost; around it what the engine adds where it took several frames.</summary>
    private static bool IsWhole(WriterHistory writer, int number, List<(LogEntry Entry, long Stamp)> given, bool isBeginningMissing)
    {
        PlannedOperation operation = writer.Operations[number];
        List<LogEntry> entries = [.. given.Select(static one => one.Entry).Where(static entry => entry.Type != RecordType.TransactionBegin && entry.Type != RecordType.TransactionCommit)];
        List<Func<LogEntry, bool>> written = [.. operation.ItemWrites.Select(static write => (Func<LogEntry, bool>)(entry => IsChange(entry, write)))];
        written.AddRange((writer.Logged[number] ?? []).Select(static logged => (Func<LogEntry, bool>)(entry => IsEntityChange(entry, logged.Kind, logged.Entity))));
        if (operation.Record is string record)
            written.Add(entry => IsRecord(entry, record));
        int missing = written.Count - entries.Count;
        return (isBeginningMissing ? missing >= 0 : missing == 0) && written.Skip(missing).Zip(entries).All(static pair => pair.First(pair.Second));
    }

    private static bool IsRecord(LogEntry entry, string record)
    {
        if (entry.Type != RecordType.ApplicationRecord)
            return false;
        ApplicationRecord.Read(entry.Payload.Span, out ReadOnlySpan<byte> value);
        return value.SequenceEqual(ValueText.Encode(record));
    }

    /// <summary>By the kind and the entity, which each such record begins with.</summary>
    private static bool IsEntityChange(LogEntry entry, EntityRecordKind kind, EntityId entity)
    {
        if (entry.Type.Model != StateModelId.Entities || entry.Type.Kind != (byte)kind)
            return false;
        MessagePackReader reader = new(entry.Payload.Span);
        reader.ReadArrayHeader();
        return reader.ReadInt64() == entity.Value;
    }

    private static bool IsChange(LogEntry entry, KeyWrite write)
    {
        if (WorkloadStates.FileName(write.Key) is string file)
            return FileChange.Is(entry.Type) && IsChangeOf(file, FileChange.Read(entry.Type, entry.Version, entry.Payload.Span), write);
        if (!KeyValueChange.Is(entry.Type))
            return false;
        KeyValueChange change = KeyValueChange.Read(entry.Type, entry.Version, entry.Payload.Span);
        return change.Key == write.Key && change.IsDelete == (write.Value is null) && (write.Value is null || change.Value.SequenceEqual(ValueText.Encode(write.Value)));
    }

    private static bool IsChangeOf(string file, FileChange change, KeyWrite write) =>
        change.Name == file && change.IsDelete == (write.Value is null) && (write.Value is null || change.Length == ValueText.Encode(write.Value).Length);
}

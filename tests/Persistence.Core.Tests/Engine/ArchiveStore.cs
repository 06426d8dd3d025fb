using System.Globalization;
using Persistence.Compaction;
using Persistence.Compression;
using Persistence.Configuration;
using Persistence.Engine;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Wal;

namespace Persistence.Tests.Engine;

/// <summary>A store whose log is archived: records and items over several segments, and a checkpoint after each round.</summary>
internal sealed class ArchiveStore
{
    public static readonly StoreOptions Options = TestStore.SmallOptions with { SegmentBytes = 32 << 10, CheckpointsRetained = 1, ArchiveLog = true };

    private readonly List<string> _records = [];
    private readonly TestStore _store;
    private int _rounds;

    private ArchiveStore(IFileSystem files, StoreOptions options)
    {
        Files = files;
        _store = TestStore.Create(files, options);
    }

    public IFileSystem Files { get; }

    public TestStore Store => _store;

    /// <summary>The record whose commit has not returned, or null.</summary>
    public string? Pending { get; private set; }

    /// <summary>Every application record there ever was.</summary>
    public IReadOnlyList<string> Records => _records;

    /// <summary>The state at the end.</summary>
    public string State { get; private set; } = "";

    public long FirstSegmentInLog => SegmentCatalog.Read(Files, storeId: null).Segments[0].Sequence;

    public static ArchiveStore Begin(IFileSystem files, StoreOptions? options = null) => new(files, options ?? Options);

    /// <summary>Written, archived and closed.</summary>
    public static ArchiveStore Create(StoreOptions? options = null)
    {
        ArchiveStore sample = Begin(new SimulatedFileSystem(), options);
        sample.Write(rounds: 7);
        sample.Close();
        return sample;
    }

    public void Write(int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            _rounds++;
            for (int i = 0; i < 6; i++)
            {
                string record = string.Create(CultureInfo.InvariantCulture, $"record {_rounds}.{i} ").PadRight(2000, 'r');
                Pending = record;
                _store.Store.AppendRecord("note", TestStore.Encode(record));
                _records.Add(record);
                Pending = null;
                _store.Set(string.Create(CultureInfo.InvariantCulture, $"key{i}"), string.Create(CultureInfo.InvariantCulture, $"{_rounds} ").PadRight(3000, 'v'));
            }

            _store.Store.TakeCheckpoint();
        }

        State = _store.Dump();
    }

    /// <summary>Waits until work in the background has failed.</summary>
    public Exception WaitForDegraded()
    {
        Exception? degraded = null;
        SpinWait.SpinUntil(() => (degraded = _store.Store.GetStatus().Degraded) is not null, TimeSpan.FromMinutes(1));
        return degraded ?? throw new InvalidOperationException("nothing has failed");
    }

    public void Close() => _store.Store.Close();

    public static string[] ReadRecords(TestStore store) => [.. store.Store.ReadLog(Lsn.None, RecordType.ApplicationRecord).Select(Text)];

    public static string Text(LogEntry entry)
    {
        ApplicationRecord.Read(entry.Payload.Span, out ReadOnlySpan<byte> value);
        return new MessagePackReader(value).ReadString();
    }

    /// <summary>The next application record, or null when there is none yet.</summary>
    public static string? Next(LogTail tail)
    {
        while (tail.TryRead() is LogEntry entry)
        {
            if (entry.Type == RecordType.ApplicationRecord)
                return Text(entry);
        }

        return null;
    }

    /// <summary>Archives a segment of the log, which stays where it is.</summary>
    /// <returns>Its sequence.</returns>
    public static long CopyToArchive(IFileSystem files, int index = 1)
    {
        IReadOnlyList<SegmentInfo> segments = SegmentCatalog.Read(files, storeId: null).Segments;
        files.CreateDirectory("archive");
        SegmentArchive archive = new(files, TimeProvider.System, Compressors.Default, path => throw new InvalidOperationException($"{path} was set aside"));
        if (!archive.TryAdd(segments[index], new LogPosition(segments[index + 1].Header!.PreviousEnd, segments[index + 1].Header!.PreviousLink)))
            throw new InvalidOperationException("the segment is damaged");
        return segments[index].Sequence;
    }
}

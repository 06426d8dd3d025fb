using System.Globalization;
using Persistence.Configuration;
using Persistence.Engine;
using Persistence.Entities;
using Persistence.Storage;
using Persistence.Storage.Disk;

namespace Persistence.Harness.Bench.Entities;

/// <summary>
/// Inserting entities, in turns: into a store with its default options, each batch durable when it is committed; into the same state without a store (<see cref="UnloggedSink"/>); into SQLite; and as bare writes of as
/// many bytes as each commit has in the log, each with a data sync. Medians count.
/// </summary>
/// <param name="directory">Where they go.</param>
/// <param name="samples">What is inserted.</param>
/// <param name="rounds">How often each is measured.</param>
internal sealed class EntityInsertBench(string directory, EntitySamples samples, int rounds)
{
    private const int WarmUpMax = 100_000;
    private const int RawFileBytes = 64 << 20;

    private readonly string _place = Path.Combine(directory, "insert");
    private long _logBytes;
    private long _sqliteBytes;

    /// <summary>Runs each once, with a few, so that all code is compiled.</summary>
    public void WarmUp()
    {
        EntitySamples few = samples.Take(Math.Min(samples.Count, WarmUpMax));
        MeasureStore(few, 1_000);
        MeasureUnlogged(few, 1_000);
        MeasureSqlite(few, 1_000);
    }

    /// <summary>Measures.</summary>
    /// <param name="batchSize">How many entities are in one commit.</param>
    public BenchRow Measure(int batchSize)
    {
        List<double> durable = [];
        List<double> unlogged = [];
        List<double> sqlite = [];
        List<double> raw = [];
        for (int round = 0; round < rounds; round++)
        {
            durable.Add(MeasureStore(samples, batchSize));
            unlogged.Add(MeasureUnlogged(samples, batchSize));
            raw.Add(MeasureRaw(CommitsOf(batchSize)));
            sqlite.Add(MeasureSqlite(samples, batchSize));
        }

        return Row(batchSize, Figures.Median(durable), Figures.Median(unlogged), Figures.Median(raw), Figures.Median(sqlite));
    }

    private int CommitsOf(int batchSize) => (samples.Count + batchSize - 1) / batchSize;

    private BenchRow Row(int batchSize, double durable, double unlogged, double raw, double sqlite)
    {
        int count = samples.Count;
        double commits = CommitsOf(batchSize);
        // Of this measurement: the row is written when others have followed.
        (double logBytes, double sqliteBytes) = ((double)_logBytes / count, (double)_sqliteBytes / count);
        return new BenchRow(
            string.Create(
                CultureInfo.InvariantCulture,
                $"insert, {batchSize,6:N0} in a commit: {count / durable,9:N0} entities/s durable ({commits / durable,6:N0} commits/s, {logBytes:F0} B of log each), {count / unlogged,9:N0}/s without a store (overhead {durable / unlogged:F2} x); bare writes and syncs {raw:F3} s of {durable:F3} s; {count / sqlite,9:N0}/s SQLite ({sqlite / durable:F2} x its time)"),
            json =>
            {
                json.WriteString("measure", "insert");
                json.WriteNumber("entities", count);
                json.WriteNumber("batch", batchSize);
                json.WriteNumber("seconds", Math.Round(durable, 4));
                json.WriteNumber("entities_per_second", Math.Round(count / durable));
                json.WriteNumber("commits_per_second", Math.Round(commits / durable, 1));
                json.WriteNumber("log_bytes_per_entity", Math.Round(logBytes, 1));
                json.WriteNumber("unlogged_seconds", Math.Round(unlogged, 4));
                json.WriteNumber("overhead_ratio", Math.Round(durable / unlogged, 3));
                json.WriteNumber("raw_seconds", Math.Round(raw, 4));
                json.WriteNumber("sqlite_seconds", Math.Round(sqlite, 4));
                json.WriteNumber("sqlite_ratio", Math.Round(sqlite / durable, 3));
                json.WriteNumber("sqlite_bytes_per_entity", Math.Round(sqliteBytes, 1));
            });
    }

    private double MeasureStore(EntitySamples inserted, int batchSize)
    {
        EntityState state = new();
        double seconds;
        using (PersistenceStore store = EntityStores.Create(_place, new StoreOptions { CheckpointCloseBytes = long.MaxValue }, state))
        {
            seconds = Figures.Time(() => inserted.Insert(state, batchSize));
            _logBytes = store.GetStatus().Log.BytesWritten;
        }

        Directory.Delete(_place, recursive: true);
        return seconds;
    }

    private static double MeasureUnlogged(EntitySamples inserted, int batchSize)
    {
        EntityState state = new();
        GC.KeepAlive(new UnloggedSink(state));
        EntitySamples.Define(state);
        return Figures.Time(() => inserted.Insert(state, batchSize));
    }

    /// <summary>As many bytes as the store has written, in a file that is filled beforehand, as a segment is.</summary>
    private double MeasureRaw(int commits)
    {
        using DiskFileSystem files = DiskFileSystem.Create(_place);
        double seconds;
        using (IFile file = files.Open("raw", FileIntent.CreateNew))
        {
            file.Write(new byte[RawFileBytes], 0);
            file.Sync();
            byte[] frame = new byte[_logBytes / commits];
            Random.Shared.NextBytes(frame);
            seconds = Figures.Time(() =>
            {
                long offset = 0;
                for (int i = 0; i < commits; i++)
                {
                    offset = offset + frame.Length > RawFileBytes ? 0 : offset;
                    file.Write(frame, offset);
                    file.SyncData();
                    offset += frame.Length;
                }
            });
        }

        Directory.Delete(_place, recursive: true);
        return seconds;
    }

    private double MeasureSqlite(EntitySamples inserted, int batchSize)
    {
        Directory.CreateDirectory(_place);
        string path = Path.Combine(_place, "entities.db");
        double seconds;
        using (SqliteEntities sqlite = new(path))
            seconds = Figures.Time(() => sqlite.Insert(inserted, batchSize));
        _sqliteBytes = new FileInfo(path).Length;
        Directory.Delete(_place, recursive: true);
        return seconds;
    }
}

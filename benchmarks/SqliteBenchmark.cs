using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Persistence.Benchmarks;

/// <summary>SQLite in WAL mode with a full sync per commit: the same durability, one insert per transaction.</summary>
internal static class SqliteBenchmark
{
    public static Sample Measure(string directory, TimeSpan time, int payloadBytes)
    {
        SQLitePCL.Batteries_V2.Init();
        Sample sample;
        using (SqliteConnection connection = new($"Data Source={Path.Combine(directory, "bench.db")};Pooling=False"))
        {
            connection.Open();
            Execute(connection, "PRAGMA journal_mode=WAL");
            Execute(connection, "PRAGMA synchronous=FULL");
            Execute(connection, "CREATE TABLE entries(id INTEGER PRIMARY KEY, type TEXT, payload BLOB)");
            using SqliteCommand insert = connection.CreateCommand();
            insert.CommandText = "INSERT INTO entries(type, payload) VALUES('bench', $payload)";
            SqliteParameter payload = insert.CreateParameter();
            payload.ParameterName = "$payload";
            payload.Value = new byte[payloadBytes];
            insert.Parameters.Add(payload);
            insert.Prepare();
            for (int i = 0; i < 200; i++)
                insert.ExecuteNonQuery();
            sample = Measurement.Take(() => Insert(insert, time));
        }

        Directory.Delete(directory, recursive: true);
        return sample;
    }

    private static (long Commits, long Flushes, IEnumerable<long> LatencyTicks) Insert(SqliteCommand insert, TimeSpan time)
    {
        List<long> ticks = [];
        long end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        long now = Stopwatch.GetTimestamp();
        while (now < end)
        {
            insert.ExecuteNonQuery();
            long after = Stopwatch.GetTimestamp();
            ticks.Add(after - now);
            now = after;
        }

        return (ticks.Count, 0, ticks);
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

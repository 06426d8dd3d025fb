using Persistence.Backups;
using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Engine;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Persistence.Tests.Engine;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Terminals;

/// <summary>Those who look at a store without knowing its states see terminals too.</summary>
public sealed class TerminalReportsTests
{
    private static readonly StoreOptions KeepLog = TerminalStore.Increments with { LogRetainBytes = long.MaxValue };

    [Fact]
    public void The_log_of_terminals_is_read_measured_and_followed()
    {
        SimulatedFileSystem files = new();
        using TerminalStore store = TerminalStore.Create(files, KeepLog);
        TerminalSample sample = TerminalSample.Add(store);
        for (int i = 0; i < 3; i++)
            store.Write(sample.Left, new byte[100_000]);
        store.Change(batch => batch.DestroyPane(sample.Left));
        TerminalRecordKind[] expected =
        [
            TerminalRecordKind.SessionCreated, TerminalRecordKind.SessionCreated, TerminalRecordKind.WindowCreated, TerminalRecordKind.WindowCreated, TerminalRecordKind.PaneCreated, TerminalRecordKind.PaneCreated,
            TerminalRecordKind.PaneCreated, TerminalRecordKind.SessionMetadataSet, TerminalRecordKind.SessionEnvironmentSet, TerminalRecordKind.PaneOutput, TerminalRecordKind.PaneOutput,
            TerminalRecordKind.PaneOutput, TerminalRecordKind.PaneOutput, TerminalRecordKind.PaneDestroyed,
        ];
        Assert.Equal(expected, store.Store.ReadLog().Select(TerminalSample.KindOf));
        RecordType output = new(StateModelId.Terminals, (byte)TerminalRecordKind.PaneOutput);
        Assert.Equal(4, store.Store.ReadLog(Lsn.None, output).Count());
        LogMeasure measure = store.Store.MeasureLog();
        Assert.Equal(expected.Length, measure.Records);
        Assert.Equal((output, 4), (measure.Kinds[0].Type, measure.Kinds[0].Count));
        using LogTail tail = PersistenceStore.Tail(TestStore.HostFor(files), Lsn.None, new LogTailOptions { IncludeUnsynced = true });
        store.Store.Close();
        List<TerminalRecordKind> followed = [];
        while (tail.TryRead() is LogEntry entry)
            followed.Add(TerminalSample.KindOf(entry));
        Assert.Equal(expected, followed);
    }

    [Fact]
    public void A_store_of_terminals_is_inspected_verified_and_backed_up_without_its_states()
    {
        SimulatedFileSystem files = new();
        using (TerminalStore store = TerminalStore.Create(files, KeepLog))
        {
            TerminalSample sample = TerminalSample.Add(store);
            byte[] noise = new byte[200_000];
            new Random(1).NextBytes(noise);
            store.Write(sample.Left, noise);
            store.Store.TakeCheckpoint();
            store.Write(sample.Left, noise);
            store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Incremental });
            store.Write(sample.Left, noise);
        }

        IntegrityReport report = StoreInspector.Inspect(TestStore.HostFor(files));
        Assert.True(report.IsHealthy);
        Assert.Empty(report.Findings);
        Assert.Equal(2, report.CheckpointsRead);
        Assert.Equal(15, report.RecordsRead);
        Assert.All(PersistenceStore.VerifyCheckpoints(TestStore.HostFor(files)), static checkpoint => Assert.True(checkpoint.IsUsable));
        SimulatedFileSystem backup = new();
        StoreBackup.Take(TestStore.HostFor(files), backup, new BackupRequest());
        Assert.True(StoreBackup.Verify([backup], TestStore.HostFor(new SimulatedFileSystem()), stop: TestContext.Current.CancellationToken).IsWhole);

        StoreImage damaged = StoreImage.Of(files);
        damaged.Flip("checkpoints/0000000001.full", 90_000);
        IntegrityReport found = StoreInspector.Inspect(TestStore.HostFor(damaged.ToFiles()));
        Assert.False(found.IsHealthy);
        Assert.Contains(found.Findings, static finding => finding.Kind == FindingKind.CheckpointInvalid);
    }
}

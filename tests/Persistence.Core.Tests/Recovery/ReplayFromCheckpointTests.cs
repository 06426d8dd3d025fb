using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Platform;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Recovery;

/// <summary>What is replayed on top of a checkpoint, and what is said meanwhile.</summary>
public sealed class ReplayFromCheckpointTests
{
    /// <summary>The format lets a model's section hold more of the log than the checkpoint says replay starts behind: one that was copied while others were being written.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_record_that_a_section_already_holds_is_not_applied_again(int held)
    {
        SimulatedFileSystem files = new();
        BreakableState counter = new();
        PersistenceStore.Create(TestStore.HostFor(files), SampleStore.KeepLog);
        List<(Lsn End, IStateCapture Capture)> states = [];
        using (PersistenceStore store = PersistenceStore.Open(TestStore.HostFor(files), SampleStore.KeepLog, [counter]))
        {
            for (int i = 0; i < 3; i++)
                counter.Count();
            states.Add((store.TakeCheckpoint().RedoFrom, counter.Capture(Lsn.None)));
            for (int i = 0; i < 2; i++)
                states.Add((counter.Count().End, counter.Capture(Lsn.None)));
            files = files.CrashImage(CrashImageKind.DropPending);
        }

        ReplaceCheckpoint(files, states[held].End, states[held].Capture);
        BreakableState recovered = new();
        using PersistenceStore again = PersistenceStore.Open(TestStore.HostFor(files), SampleStore.KeepLog, [recovered]);
        Assert.Equal(1, again.RecoveryReport.CheckpointId);
        Assert.Equal(5, recovered.Applied);
    }

    [Fact]
    public void A_checkpoint_taken_when_the_newest_segment_was_full_is_loaded_with_nothing_behind_it()
    {
        SimulatedFileSystem files = new();
        List<SimulatedFileSystem> cuts = [];
        bool isWatched = false;
        FaultInjectingFileSystem watched = new(files, (in StorageOperation operation) =>
        {
            if (isWatched && CrashPoint.Changes(operation.Kind))
                cuts.Add(files.CrashImage(CrashImageKind.DropPending));
            return null;
        });
        StoreOptions options = SampleStore.DropLog with { CheckpointsRetained = 1 };
        using TestStore store = TestStore.Create(TestStore.DeterministicHostFor(watched), options);
        for (int i = 0; i < 14; i++)
            store.Set($"k{i:D2}", new string('x', 1800));
        isWatched = true;
        store.Store.TakeCheckpoint();
        isWatched = false;
        Assert.Contains(cuts, IsCheckpointAtTheEndOfTheNewestSegment);
        foreach (SimulatedFileSystem cut in cuts)
        {
            long? expected = RootFile.Read(cut).Believed!.Checkpoints.SingleOrDefault()?.Id;
            using TestStore reopened = TestStore.Open(cut, options);
            Assert.Equal(expected, reopened.Store.RecoveryReport.CheckpointId);
            Assert.Equal(store.Dump(), reopened.Dump());
            reopened.Set("after", "1");
        }
    }

    /// <summary>Every few thousand frames, or every few MiB, whichever comes first.</summary>
    [Theory]
    [InlineData(5_000, 1)]
    [InlineData(150, 60_000)]
    public void A_long_replay_says_how_far_it_is(int commits, int valueLength)
    {
        SimulatedFileSystem files = new();
        StoreOptions options = SampleStore.KeepLog with { SegmentBytes = 16 << 20 };
        using (TestStore store = TestStore.Create(files, options))
        {
            string value = new('v', valueLength);
            for (int i = 0; i < commits; i++)
                store.Set("k", value);
            files = files.CrashImage(CrashImageKind.DropPending);
        }

        List<RecoveryProgress> said = [];
        using PersistenceStore again = PersistenceStore.Open(TestStore.HostFor(files), options, [new KeyValueState()], progress: said.Add);
        RecoveryProgress[] replaying = [.. said.Where(progress => progress.Phase == RecoveryPhase.Replaying)];
        Assert.NotEmpty(replaying);
        Assert.Equal([RecoveryPhase.Started, RecoveryPhase.Replaying, RecoveryPhase.Validating, RecoveryPhase.Completed], said.Select(progress => progress.Phase).Distinct());
        Assert.All(replaying, progress => Assert.InRange(progress.BytesDone, 1, progress.BytesTotal));
        Assert.All(replaying, progress => Assert.InRange(progress.Records, 1, commits));
        Assert.Equal(replaying.OrderBy(progress => progress.BytesDone).ThenBy(progress => progress.Records), replaying);
    }

    private static bool IsCheckpointAtTheEndOfTheNewestSegment(SimulatedFileSystem files)
    {
        RootRecord root = RootFile.Read(files).Believed!;
        SegmentInfo newest = SegmentCatalog.Read(files, root.StoreId).Segments[^1];
        return root.Checkpoints.Count == 1 && root.Checkpoints[0].RedoFrom == newest.Header!.NextFirstLsn;
    }

    /// <summary>Replaces the only checkpoint by one whose section holds everything below a later position.</summary>
    private static void ReplaceCheckpoint(SimulatedFileSystem files, Lsn applied, IStateCapture capture)
    {
        RootReading reading = RootFile.Read(files);
        RootRecord root = reading.Believed!;
        RootCheckpoint listed = Assert.Single(root.Checkpoints);
        string path = CheckpointNames.Path(listed);
        CheckpointFooter footer;
        using (IFile old = files.Open(path, FileIntent.Read))
            footer = CheckpointReader.Open(old, root.StoreId, listed.Id).Footer;
        files.Delete(path);
        using IFile file = files.Open(path, FileIntent.CreateNew);
        CheckpointWriter writer = new(file, compressor: null);
        writer.Begin(new CheckpointHeader(root.StoreId, listed.Id, RootCheckpoint.Full, Created: 0));
        writer.WriteSection(StateModelId.Entities, version: 1, applied, capture);
        uint fileCrc = writer.End(footer with { End = applied });
        using RootFile rootFile = RootFile.OpenForWriting(files, SystemScheduler.Instance, reading);
        rootFile.Update(record => record with { Checkpoints = [listed with { End = applied, FileCrc = fileCrc }] });
    }
}

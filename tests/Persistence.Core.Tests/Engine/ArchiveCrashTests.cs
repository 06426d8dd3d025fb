using Persistence.Compaction;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>The archive's crash argument (Compaction/ARCHIVE-FORMAT.md §2): a cut at every operation of a store that archives, and at every operation of the next one.</summary>
public sealed class ArchiveCrashTests
{
    [Theory]
    [InlineData(CrashImageKind.DropPending, "boot-2")]
    [InlineData(CrashImageKind.KeepEverything, "boot-1")]
    [InlineData(CrashImageKind.KeepNamesOnly, "boot-2")]
    [InlineData(CrashImageKind.KeepDataOnly, "boot-2")]
    public void A_cut_at_any_operation_loses_no_record_whether_it_is_in_the_log_or_archived(CrashImageKind kind, string bootId)
    {
        List<Cut> cuts = Collect([kind]);
        Assert.True(cuts.Count > 100, $"only {cuts.Count} cuts");
        Assert.Contains(cuts, cut => cut.Operation.Kind == StorageOperationKind.Rename && cut.Operation.Path.StartsWith("staging/000", StringComparison.Ordinal));
        foreach (Cut cut in cuts)
            cut.Check(bootId);
    }

    [Fact]
    public void A_cut_in_the_archiving_after_a_cut_loses_none_either()
    {
        CrashImageKind[] kinds = [CrashImageKind.DropPending, CrashImageKind.KeepEverything];
        int cutAgain = 0;
        List<Cut> cuts = Collect(kinds);
        for (int i = 0; i < cuts.Count; i += 29)
            cutAgain += cuts[i].CheckCutAgain(kinds[i % 2], first: i);
        Assert.True(cutAgain > 100, $"only {cutAgain} cuts");
    }

    private static List<Cut> Collect(CrashImageKind[] kinds)
    {
        SimulatedFileSystem files = new();
        List<Cut> cuts = [];
        ArchiveStore? sample = null;
        FaultInjectingFileSystem watched = new(files, (in StorageOperation operation) =>
        {
            // What only commits do is cut often enough elsewhere.
            if (sample is null || !CrashPoint.Changes(operation.Kind) || (!IsOfArchiving(operation) && operation.Ordinal % 5 != 0))
                return null;
            lock (cuts)
            {
                foreach (CrashImageKind kind in kinds)
                    cuts.Add(new Cut(operation, kind, files.CrashImage(kind), [.. sample.Records], sample.Pending));
            }

            return null;
        });
        sample = ArchiveStore.Begin(watched, ArchiveStore.Options);
        sample.Write(rounds: 3);
        sample.Close();
        Assert.NotEmpty(ArchiveCatalog.List(files));
        return cuts;
    }

    private static bool IsOfArchiving(in StorageOperation operation) =>
        operation.Path.StartsWith("archive", StringComparison.Ordinal) || operation.Path.StartsWith("staging/0", StringComparison.Ordinal)
        || operation.Kind is StorageOperationKind.Delete or StorageOperationKind.Rename or StorageOperationKind.SyncDirectory;

    /// <summary>A disk as a cut left it.</summary>
    private sealed record Cut(StorageOperation Operation, CrashImageKind Kind, SimulatedFileSystem Files, string[] Records, string? Pending)
    {
        private string Name => $"cut before {Operation.Kind} {Operation.Path} ({Operation.Ordinal}), {Kind}";

        public void Check(string bootId)
        {
            SimulatedFileSystem files = Files.CrashImage(CrashImageKind.KeepEverything);
            string[] found = Read(files, bootId, archives: true);
            Assert.True(Records.SequenceEqual(found) || Records.Append(Pending).SequenceEqual(found), $"{Name}: {found.Length} records of {Records.Length}");
            // What was cut short was done again, or is still to be done: either way nothing is missing.
            Assert.Equal(found, Read(files, bootId, archives: false));
            Assert.Empty(files.List("staging"));
        }

        public int CheckCutAgain(CrashImageKind kind, int first)
        {
            SimulatedFileSystem files = Files.CrashImage(CrashImageKind.KeepEverything);
            List<Cut> cuts = [];
            FaultInjectingFileSystem watched = new(files, (in StorageOperation operation) =>
            {
                if (CrashPoint.Changes(operation.Kind) && (operation.Ordinal + first) % 3 == 0)
                {
                    lock (cuts)
                        cuts.Add(this with { Operation = operation, Kind = kind, Files = files.CrashImage(kind) });
                }

                return null;
            });
            Read(watched, "boot-1", archives: true);
            foreach (Cut cut in cuts)
                cut.Check("boot-2");
            return cuts.Count;
        }

        private string[] Read(IFileSystem files, string bootId, bool archives)
        {
            try
            {
                using TestStore store = TestStore.Open(files, ArchiveStore.Options with { ArchiveLog = archives }, bootId: bootId);
                if (archives)
                    store.Store.TakeCheckpoint();
                return ArchiveStore.ReadRecords(store);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{Name}: {e.Message}", e);
            }
        }
    }
}

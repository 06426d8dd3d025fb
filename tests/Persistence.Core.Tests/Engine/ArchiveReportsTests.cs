using Persistence.Compaction;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Recovery;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>What inspection, figures, health and the list of segments say of the archive.</summary>
public sealed class ArchiveReportsTests
{
    [Fact]
    public void An_inspection_reads_every_archived_segment_whole()
    {
        ArchiveStore sample = ArchiveStore.Create();
        IntegrityReport report = Inspect(sample.Files);
        Assert.Empty(report.Findings);
        Assert.Equal(ArchiveCatalog.List(sample.Files).Count, report.ArchivedSegmentsRead);
        Assert.Equal(ArchiveCatalog.List(sample.Files).Sum(name => name.RawBytes), report.ArchivedBytesRead);
    }

    [Fact]
    public void A_damaged_archived_segment_is_an_error_and_one_that_is_missing_a_warning()
    {
        ArchiveStore sample = ArchiveStore.Create();
        string path = ArchiveCatalog.List(sample.Files)[1].Path;
        StoreImage image = StoreImage.Of(sample.Files);
        image.Flip(path, ArchiveHeader.Bytes + 30);
        IntegrityReport damaged = Inspect(image.ToFiles());
        Assert.False(damaged.IsHealthy);
        Assert.Equal(path, Assert.Single(damaged.Findings, finding => finding.Kind == FindingKind.ArchiveDamaged).File);
        image.Remove(path);
        IntegrityReport missing = Inspect(image.ToFiles());
        Assert.True(missing.IsHealthy);
        RecoveryFinding gap = Assert.Single(missing.Findings);
        Assert.Equal((FindingKind.SequenceGap, FindingSeverity.Warning), (gap.Kind, gap.Severity));
    }

    [Fact]
    public void A_file_in_the_archive_that_is_none_of_its_own_is_listed_and_left_alone()
    {
        ArchiveStore sample = ArchiveStore.Create();
        StoreImage image = StoreImage.Of(sample.Files);
        image["archive/notes.txt"] = [1];
        RecoveryFinding finding = Assert.Single(Inspect(image.ToFiles()).Findings);
        Assert.Equal((FindingKind.UnknownFile, "archive/notes.txt"), (finding.Kind, finding.File));
    }

    [Fact]
    public void Figures_tell_files_bytes_ratio_and_the_oldest()
    {
        ArchiveStore sample = ArchiveStore.Create();
        using TestStore store = TestStore.OpenReadOnly(sample.Files);
        IReadOnlyList<ArchiveName> names = ArchiveCatalog.List(sample.Files);
        ArchiveStatus status = store.Store.MeasureArchive();
        Assert.Equal((names.Count, names[0].First), (status.Files, status.OldestLsn));
        Assert.Equal(names.Sum(name => sample.Files.TryGetLength(name.Path)), status.StoredBytes);
        Assert.Equal(names.Sum(name => name.RawBytes), status.RawBytes);
        Assert.True(status.Ratio > 2, $"{status.Ratio}");
        Assert.NotNull(status.Oldest);
        Assert.Null(status.LastError);
        Assert.True(store.Store.MeasureLog().Records >= sample.Records.Count * 2);
    }

    [Fact]
    public void Health_says_what_the_archive_holds_and_that_it_does_not_take_more()
    {
        bool isFull = false;
        FaultInjectingFileSystem files = new(new SimulatedFileSystem(), (in StorageOperation operation) =>
            Volatile.Read(ref isFull) && (operation.Path.EndsWith(".zstd", StringComparison.Ordinal) || operation.Path.EndsWith(".brotli", StringComparison.Ordinal)) && operation.Kind == StorageOperationKind.Write
                ? new InjectedFault(StorageFault.DiskFull) : null);
        ArchiveStore sample = ArchiveStore.Begin(files);
        HealthProbe empty = Find(sample.Store.Store.CheckHealth());
        Assert.Equal((HealthStatus.Healthy, "Nothing is archived yet."), (empty.Status, empty.Message));
        sample.Write(rounds: 1);
        Volatile.Write(ref isFull, true);
        sample.Write(rounds: 3);
        sample.WaitForDegraded();
        HealthProbe full = Find(sample.Store.Store.CheckHealth());
        Assert.Equal(HealthStatus.Degraded, full.Status);
        Assert.Contains("stays in the log", full.Message, StringComparison.Ordinal);
        Assert.NotNull(sample.Store.Store.GetStatus().ArchiveFailure);
        Volatile.Write(ref isFull, false);
        sample.Close();
    }

    [Fact]
    public void Segments_are_listed_from_the_archive_through_the_log_to_the_spares()
    {
        ArchiveStore sample = ArchiveStore.Create();
        using TestStore store = TestStore.Open(sample.Files, ArchiveStore.Options);
        LogSegment[] segments = [.. store.Store.GetSegments()];
        LogSegment[] numbered = [.. segments.Where(segment => segment.Sequence is not null)];
        Assert.Equal(Enumerable.Range(1, numbered.Length).Select(sequence => (long?)sequence), numbered.Select(segment => segment.Sequence));
        Assert.Equal(store.Store.GetStatus().ActiveSegment, Assert.Single(segments, segment => segment.State == LogSegmentState.Active).Sequence);
        Assert.All(segments.Where(segment => segment.State == LogSegmentState.Archived), segment => Assert.True(segment.StoredBytes < segment.Bytes));
        Assert.All(segments, segment => Assert.Equal(sample.Files.TryGetLength(segment.Path), segment.StoredBytes));
        for (int i = 0; i + 1 < numbered.Length; i++)
            Assert.True(numbered[i].FirstLsn < numbered[i].EndLsn && numbered[i].EndLsn < numbered[i + 1].FirstLsn);
        Assert.All(segments.Skip(numbered.Length), segment => Assert.Equal(LogSegmentState.Spare, segment.State));
    }

    private static HealthProbe Find(HealthReport report) => Assert.Single(report.Probes, probe => probe.Name == HealthProbes.Archive);

    private static IntegrityReport Inspect(IFileSystem files) => StoreInspector.Inspect(TestStore.HostFor(files));
}

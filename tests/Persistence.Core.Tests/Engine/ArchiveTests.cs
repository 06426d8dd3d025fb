using Persistence.Compaction;
using Persistence.Compression;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Engine;

public sealed class ArchiveTests
{
    private static readonly StoreOptions Options = ArchiveStore.Options;

    [Fact]
    public void Application_records_are_readable_from_the_first_on_though_the_log_has_let_go_of_them()
    {
        ArchiveStore sample = ArchiveStore.Create();
        Assert.True(sample.FirstSegmentInLog > 3, $"the log still begins with {sample.FirstSegmentInLog}");
        using TestStore writer = TestStore.Open(sample.Files, Options);
        Assert.Equal(sample.Records, ArchiveStore.ReadRecords(writer));
        using TestStore reader = TestStore.OpenReadOnly(sample.Files);
        Assert.Equal(sample.Records, ArchiveStore.ReadRecords(reader));
    }

    [Fact]
    public void Reading_begins_anywhere_in_the_archive()
    {
        ArchiveStore sample = ArchiveStore.Create();
        using TestStore store = TestStore.OpenReadOnly(sample.Files);
        LogEntry[] all = [.. store.Store.ReadLog()];
        for (int i = 0; i < all.Length; i += 7)
            Assert.Equal(all.Skip(i).Select(entry => entry.Lsn), store.Store.ReadLog(all[i].Lsn).Select(entry => entry.Lsn));
    }

    [Fact]
    public void Without_the_archive_the_log_is_dropped_as_ever()
    {
        ArchiveStore sample = ArchiveStore.Create(Options with { ArchiveLog = false });
        Assert.Empty(sample.Files.List("archive"));
        using TestStore store = TestStore.OpenReadOnly(sample.Files);
        Assert.NotEqual(sample.Records, ArchiveStore.ReadRecords(store));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Compression_follows_the_option(bool compress)
    {
        ArchiveStore sample = ArchiveStore.Create(Options with { Compress = compress });
        IReadOnlyList<ArchiveName> names = ArchiveCatalog.List(sample.Files);
        Assert.NotEmpty(names);
        foreach (ArchiveName name in names)
        {
            long stored = sample.Files.TryGetLength(name.Path)!.Value;
            Assert.Equal(compress, stored < name.RawBytes / 2);
            Assert.Equal(compress, name.Codec != CodecId.None);
        }

        using TestStore store = TestStore.OpenReadOnly(sample.Files);
        Assert.Equal(sample.Records, ArchiveStore.ReadRecords(store));
    }

    [Fact]
    public void A_tail_goes_through_the_archive_into_the_log()
    {
        ArchiveStore sample = ArchiveStore.Create();
        using LogTail tail = PersistenceStore.Tail(TestStore.HostFor(sample.Files), Lsn.None);
        List<string> records = [];
        while (tail.TryRead() is LogEntry entry)
        {
            if (entry.Type == RecordType.ApplicationRecord)
                records.Add(ArchiveStore.Text(entry));
        }

        Assert.Equal(sample.Records, records);
    }

    [Fact]
    public void A_tail_that_retention_overtakes_loses_nothing_that_is_archived()
    {
        SimulatedFileSystem files = new();
        ArchiveStore sample = ArchiveStore.Begin(files, Options);
        sample.Write(rounds: 1);
        using LogTail tail = PersistenceStore.Tail(TestStore.HostFor(files), Lsn.None);
        List<string> records = [];
        for (int i = 0; i < 3; i++)
            records.Add(ArchiveStore.Next(tail)!);
        sample.Write(rounds: 6);
        sample.Close();
        while (ArchiveStore.Next(tail) is string record)
            records.Add(record);
        Assert.Equal(sample.Records, records);
    }

    [Fact]
    public void What_is_missing_in_the_archive_is_told_with_its_range_and_a_tail_goes_on_behind_it()
    {
        ArchiveStore sample = ArchiveStore.Create();
        (ArchiveName before, ArchiveName lost, ArchiveName after) = ArchiveCatalog.List(sample.Files) switch { var all => (all[0], all[1], all[2]) };
        sample.Files.Delete(lost.Path);
        using TestStore store = TestStore.OpenReadOnly(sample.Files);
        List<LogEntry> read = [];
        LogTruncatedException told = Assert.Throws<LogTruncatedException>(() =>
        {
            foreach (LogEntry entry in store.Store.ReadLog())
                read.Add(entry);
        });
        Assert.NotEmpty(read);
        Assert.Equal((before.End, after.First + SegmentHeader.Bytes), (told.From, told.To));
        Assert.All(read, entry => Assert.True(entry.Lsn < before.End));
        Assert.All(store.Store.ReadLog(told.To), entry => Assert.True(entry.Lsn >= told.To));
        Assert.Throws<LogTruncatedException>(() => store.Store.ReadLog(lost.First + SegmentHeader.Bytes).ToArray());

        using LogTail tail = PersistenceStore.Tail(TestStore.HostFor(sample.Files), Lsn.None);
        List<Lsn> followed = [];
        List<LogTruncatedException> gaps = [];
        while (true)
        {
            try
            {
                if (tail.TryRead() is not LogEntry entry)
                    break;
                followed.Add(entry.Lsn);
            }
            catch (LogTruncatedException e)
            {
                gaps.Add(e);
            }
        }

        Assert.Equal(told.To, Assert.Single(gaps).To);
        Assert.Contains(followed, lsn => lsn < lost.First);
        Assert.Equal(store.Store.ReadLog(told.To).Select(entry => entry.Lsn), followed.Where(lsn => lsn > lost.First));
    }

    [Fact]
    public void A_damaged_block_is_found_by_who_reads_it_and_passed_by_behind_it()
    {
        ArchiveStore sample = ArchiveStore.Create();
        ArchiveName damaged = ArchiveCatalog.List(sample.Files)[1];
        StoreImage image = StoreImage.Of(sample.Files);
        image.Flip(damaged.Path, ArchiveHeader.Bytes + 40);
        using TestStore store = TestStore.OpenReadOnly(image.ToFiles());
        StoreException e = Assert.Throws<StoreException>(() => store.Store.ReadLog().ToArray());
        Assert.Equal((StoreError.ChecksumMismatch, damaged.Path), (e.Error, e.File));
        Assert.NotEmpty(store.Store.ReadLog(damaged.End));
    }

    [Fact]
    public void A_damaged_oldest_file_is_not_left_out_without_a_word()
    {
        ArchiveStore sample = ArchiveStore.Create();
        StoreImage image = StoreImage.Of(sample.Files);
        image.Flip(ArchiveCatalog.List(sample.Files)[0].Path, 100);
        using TestStore store = TestStore.OpenReadOnly(image.ToFiles());
        LogTruncatedException e = Assert.Throws<LogTruncatedException>(() => store.Store.ReadLog().ToArray());
        Assert.Equal(ArchiveCatalog.List(sample.Files)[1].First + SegmentHeader.Bytes, e.To);
        Assert.NotEmpty(store.Store.ReadLog(e.To));
    }

    [Fact]
    public void Limits_of_the_archive_are_kept()
    {
        ArchiveStore sample = ArchiveStore.Create(Options with { ArchiveRetainFiles = 2 });
        Assert.Equal(2, ArchiveCatalog.List(sample.Files).Count);
        using TestStore store = TestStore.OpenReadOnly(sample.Files);
        string[] kept = ArchiveStore.ReadRecords(store);
        Assert.Equal(sample.Records.TakeLast(kept.Length), kept);
        Assert.Throws<LogTruncatedException>(() => store.Store.ReadLog(new Lsn(SegmentHeader.Bytes)).ToArray());
    }

    [Fact]
    public void Without_a_checkpoint_that_can_be_used_the_state_is_rebuilt_from_the_archive()
    {
        ArchiveStore sample = ArchiveStore.Create();
        StoreImage image = StoreImage.Of(sample.Files);
        foreach (string path in image.Paths.Where(path => path.StartsWith("checkpoints/", StringComparison.Ordinal)).ToArray())
            image.Flip(path, 200);
        SimulatedFileSystem files = image.ToFiles();
        using (TestStore store = TestStore.Open(files, Options))
        {
            Assert.Equal(sample.State, store.Dump());
            Assert.Contains(store.Store.RecoveryReport.Findings, finding => finding.Kind == FindingKind.ArchivedCopyUsed && finding.Severity == FindingSeverity.Information);
            Assert.Equal(sample.Records, ArchiveStore.ReadRecords(store));
            store.Set("more", "1");
            store.Store.TakeCheckpoint();
        }

        using TestStore again = TestStore.Open(files, Options with { ArchiveRetainFiles = 1 });
        Assert.DoesNotContain(again.Store.RecoveryReport.Findings, finding => finding.Severity != FindingSeverity.Information);
        Assert.Equal("1", again.Get("more"));
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("header")]
    [InlineData("frame")]
    public void A_segment_recovery_needs_is_taken_from_the_archive_where_the_log_s_own_is_lost(string harm)
    {
        // A copy of every segment is in the archive before the log lets go of any.
        ArchiveStore sample = ArchiveStore.Create(Options with { CheckpointsRetained = 64 });
        SimulatedFileSystem files = StoreImage.Of(sample.Files).ToFiles();
        long sequence = ArchiveStore.CopyToArchive(files);
        StoreImage image = StoreImage.Of(files);
        foreach (string path in image.Paths.Where(path => path.StartsWith("checkpoints/", StringComparison.Ordinal)).ToArray())
            image.Remove(path);
        string segment = SegmentNames.Path(sequence);
        if (harm == "missing")
            image.Remove(segment);
        else
            image.Flip(segment, harm == "header" ? 50 : SegmentHeader.Bytes + 600);
        using TestStore store = TestStore.Open(image.ToFiles(), Options);
        Assert.Equal(sample.State, store.Dump());
        RecoveryFinding finding = Assert.Single(store.Store.RecoveryReport.Findings, finding => finding.Kind == FindingKind.ArchivedCopyUsed);
        Assert.Equal((FindingSeverity.Warning, segment), (finding.Severity, finding.File));
    }

    [Fact]
    public void A_segment_that_neither_has_is_a_gap()
    {
        ArchiveStore sample = ArchiveStore.Create();
        StoreImage image = StoreImage.Of(sample.Files);
        foreach (string path in image.Paths.Where(path => path.StartsWith("checkpoints/", StringComparison.Ordinal)).ToArray())
            image.Remove(path);
        image.Remove(ArchiveCatalog.List(sample.Files)[1].Path);
        StoreException e = Assert.Throws<StoreException>(() => TestStore.Open(image.ToFiles(), Options).Dispose());
        Assert.Equal(StoreError.CheckpointInvalid, e.Error);
    }
}

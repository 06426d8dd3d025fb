using System.Buffers.Binary;
using Persistence.Backups;
using Persistence.Diagnostics;
using Persistence.Recovery;
using Persistence.Serialization;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Tests.Files;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Backups;

/// <summary>What is refused, with which error, and that nothing was changed.</summary>
public sealed class RefusedBackupTests
{
    [Fact]
    public void A_directory_that_is_not_empty_takes_no_backup()
    {
        using FileStore store = BackupSample.Create();
        SimulatedFileSystem backup = BackupSample.Take(store);
        StoreImage before = StoreImage.Of(backup);
        BackupSample.Refused(StoreError.BackupInvalid, () => StoreBackup.Take(TestStore.HostFor(store.Disk), backup));
        Assert.Null(before.FindDifference(StoreImage.Of(backup)));
        SimulatedFileSystem foreign = new();
        foreign.Open("letter.txt", FileIntent.CreateNew).Dispose();
        BackupSample.Refused(StoreError.BackupInvalid, () => StoreBackup.Take(TestStore.HostFor(store.Disk), foreign));
        Assert.Equal(["letter.txt"], BackupSample.PathsIn(foreign));
    }

    [Fact]
    public void A_directory_without_a_store_has_no_backup_made_of_it() =>
        BackupSample.Refused(StoreError.StoreNotFound, () => BackupSample.Take(new SimulatedFileSystem()));

    [Fact]
    public void A_damaged_store_has_no_backup_made_of_it()
    {
        using FileStore store = BackupSample.Create();
        StoreImage image = StoreImage.Of(store.Disk);
        string segment = image.Paths.Last(path => path.StartsWith("wal/", StringComparison.Ordinal));
        image.Flip(segment, 4096 + 100);
        SimulatedFileSystem backup = new();
        BackupSample.Refused(StoreError.RecoveryRequired, () => StoreBackup.Take(TestStore.HostFor(image.ToFiles()), backup));
        Assert.Empty(BackupSample.PathsIn(backup));
    }

    [Fact]
    public void A_store_with_a_damaged_file_has_no_backup_made_of_it()
    {
        using FileStore store = BackupSample.Create();
        StoreImage image = StoreImage.Of(store.Disk);
        image.Flip("files/only2.txt", 10);
        StoreException e = BackupSample.Refused(StoreError.ChecksumMismatch, () => BackupSample.Take(image.ToFiles()));
        Assert.Equal("files/only2.txt", e.File);
    }

    [Fact]
    public void A_damaged_checkpoint_is_passed_over_where_an_older_one_does()
    {
        using FileStore store = FileStore.Create(new SimulatedFileSystem(), BackupSample.Options with { CheckpointsRetained = 2 });
        for (int round = 1; round < 4; round++)
        {
            BackupSample.WriteRound(store, round);
            store.Store.TakeCheckpoint();
        }

        StoreImage image = StoreImage.Of(store.Disk);
        image.Flip(image.Paths.Last(path => path.StartsWith("checkpoints/", StringComparison.Ordinal)), 300);
        SimulatedFileSystem backup = BackupSample.Take(image.ToFiles());
        Assert.Equal("checkpoints/0000000002.full", BackupSample.PathsIn(backup).Single(path => path.StartsWith("checkpoints/", StringComparison.Ordinal)));
        Assert.Equal(BackupSample.Dump(store), BackupSample.RestoreAndDump(backup));
    }

    [Fact]
    public void An_increment_on_a_backup_of_another_store_is_refused()
    {
        using FileStore store = BackupSample.Create();
        SimulatedFileSystem restored = new();
        SimulatedFileSystem backup = BackupSample.Take(store);
        BackupSample.Restore(restored, backup);
        BackupSample.Refused(StoreError.StoreMismatch, () => BackupSample.Take(restored, backup));
    }

    [Fact]
    public void An_increment_is_refused_when_retention_has_removed_the_log_in_between()
    {
        using FileStore store = BackupSample.Create();
        SimulatedFileSystem full = BackupSample.Take(store);
        for (int round = 3; round < 7; round++)
        {
            BackupSample.WriteRound(store, round);
            store.Store.TakeCheckpoint();
        }

        SimulatedFileSystem increment = new();
        StoreException e = BackupSample.Refused(StoreError.BackupInvalid, () => StoreBackup.Take(TestStore.HostFor(store.Disk), increment, new BackupRequest { Parents = [full] }));
        Assert.Contains("Take a full backup", e.Message, StringComparison.Ordinal);
        Assert.Empty(BackupSample.PathsIn(increment));
    }

    [Fact]
    public void An_increment_is_refused_when_the_store_has_lost_what_its_parent_has()
    {
        using FileStore store = BackupSample.Create();
        StoreImage earlier = StoreImage.Of(store.Disk);
        store.KeyValue.Set("lost", TestStore.Encode("1"));
        SimulatedFileSystem full = BackupSample.Take(store);
        SimulatedFileSystem disk = earlier.ToFiles();
        BackupSample.Refused(StoreError.BackupInvalid, () => BackupSample.Take(disk, full));
        using FileStore other = FileStore.Open(disk, BackupSample.Options, bootId: "boot-2");
        BackupSample.Refused(StoreError.BackupInvalid, () => BackupSample.Take(disk, full));
        BackupSample.WriteRound(other, 8);
        BackupSample.Refused(StoreError.BackupInvalid, () => BackupSample.Take(disk, full));
    }

    [Fact]
    public void An_increment_on_a_history_that_took_the_same_position_with_something_else_is_refused()
    {
        FileStore store = BackupSample.Create();
        store.Dispose();
        StoreImage earlier = StoreImage.Of(store.Disk);
        SimulatedFileSystem full;
        using (FileStore one = FileStore.Open(store.Disk, BackupSample.Options))
        {
            one.KeyValue.Set("one", TestStore.Encode("1"));
            full = BackupSample.Take(one);
        }

        using FileStore another = FileStore.Open(earlier.ToFiles(), BackupSample.Options);
        another.KeyValue.Set("two", TestStore.Encode("2"));
        BackupSample.Refused(StoreError.BackupInvalid, () => BackupSample.Take(another.Disk, full));
        another.KeyValue.Set("two", TestStore.Encode("3"));
        BackupSample.Refused(StoreError.BackupInvalid, () => BackupSample.Take(another.Disk, full));
    }

    [Fact]
    public void A_directory_without_a_manifest_is_no_backup_and_says_so()
    {
        using FileStore store = BackupSample.Create();
        StoreImage image = StoreImage.Of(BackupSample.Take(store));
        image.Remove("MANIFEST");
        SimulatedFileSystem backup = image.ToFiles();
        BackupSample.Refused(StoreError.BackupInvalid, () => StoreBackup.Read(backup));
        BackupSample.Refused(StoreError.BackupInvalid, () => BackupSample.Verify(backup));
        BackupSample.Refused(StoreError.BackupInvalid, () => BackupSample.Restore(new SimulatedFileSystem(), backup));
        BackupSample.Refused(StoreError.BackupInvalid, () => BackupSample.Take(store, backup));
    }

    [Fact]
    public void A_chain_with_a_link_missing_or_in_another_order_is_refused()
    {
        using FileStore store = BackupSample.Create();
        SimulatedFileSystem full = BackupSample.Take(store);
        store.KeyValue.Set("a", TestStore.Encode("1"));
        SimulatedFileSystem first = BackupSample.Take(store, full);
        store.KeyValue.Set("b", TestStore.Encode("1"));
        SimulatedFileSystem second = BackupSample.Take(store, full, first);
        foreach (IFileSystem[] chain in (IFileSystem[][])[[], [first], [full, second], [first, full], [full, second, first], [full, full]])
            BackupSample.Refused(StoreError.BackupInvalid, () => BackupSample.Restore(new SimulatedFileSystem(), chain));
    }

    [Fact]
    public void A_manifest_of_a_newer_version_is_unsupported_and_not_damaged()
    {
        using FileStore store = BackupSample.Create();
        StoreImage image = StoreImage.Of(BackupSample.Take(store));
        byte[] manifest = image["MANIFEST"];
        manifest[8] = 2;
        BinaryPrimitives.WriteUInt32LittleEndian(manifest.AsSpan(20), Crc32C.Append(Crc32C.Compute(manifest.AsSpan(0, 20)), manifest.AsSpan(24)));
        BackupSample.Refused(StoreError.UnsupportedFormatVersion, () => StoreBackup.Read(image.ToFiles()));
    }

    [Fact]
    public void Nothing_is_restored_into_a_directory_that_holds_something()
    {
        using FileStore store = BackupSample.Create();
        SimulatedFileSystem backup = BackupSample.Take(store);
        StoreImage before = StoreImage.Of(store.Disk);
        BackupSample.Refused(StoreError.StoreExists, () => BackupSample.Restore(store.Disk, backup));
        Assert.Null(before.FindDifference(StoreImage.Of(store.Disk)));
        SimulatedFileSystem foreign = new();
        foreign.Open("letter.txt", FileIntent.CreateNew).Dispose();
        BackupSample.Refused(StoreError.StoreMismatch, () => BackupSample.Restore(foreign, backup));
        Assert.Equal(["letter.txt"], BackupSample.PathsIn(foreign));
    }

    /// <summary>With a frame that has the same body the sum of the file is the same, since the header ends with its own.</summary>
    [Fact]
    public void A_frame_of_another_store_where_no_state_needs_it_is_found()
    {
        StoreImage image = TakeOf(seed: 1);
        StoreImage other = TakeOf(seed: 2);
        string path = image.Paths.Single(path => path.StartsWith("wal/", StringComparison.Ordinal));
        byte[] log = image[path];
        uint sum = Crc32C.Compute(log);
        Range frame = (SegmentHeader.Bytes + 512)..(SegmentHeader.Bytes + 1024);
        Assert.False(log.AsSpan(frame).SequenceEqual(other[path].AsSpan(frame)));
        other[path].AsSpan(frame).CopyTo(log.AsSpan(frame));
        Assert.Equal(sum, Crc32C.Compute(log));
        image[path] = log;
        RecoveryFinding finding = Assert.Single(BackupSample.Verify(image.ToFiles()).Findings);
        Assert.Equal((path, frame.Start.Value), (finding.File, finding.Offset));
    }

    private static StoreImage TakeOf(ulong seed)
    {
        using TestStore store = TestStore.Create(TestStore.DeterministicHostFor(new SimulatedFileSystem(), seed), BackupSample.Options);
        for (int i = 0; i < 4; i++)
            store.Set($"key{i}", "value");
        store.Store.TakeCheckpoint();
        store.Set("key", "after it");
        return StoreImage.Of(BackupSample.Take(store.Files));
    }

    [Fact]
    public void Whatever_is_damaged_in_a_backup_is_found_and_nothing_is_restored()
    {
        using FileStore store = BackupSample.Create();
        AtomicFile.Write(store.Disk, "persistence.toml", "# kept\n"u8);
        SimulatedFileSystem full = BackupSample.Take(store);
        BackupSample.WriteRound(store, 3);
        SimulatedFileSystem increment = BackupSample.Take(store, full);
        int tried = 0;
        foreach ((SimulatedFileSystem backup, Func<SimulatedFileSystem, IFileSystem[]> chainOf) in ((SimulatedFileSystem, Func<SimulatedFileSystem, IFileSystem[]>)[])[(full, damaged => [damaged, increment]), (increment, damaged => [full, damaged])])
        {
            foreach ((string name, StoreImage image) in DamageEach(StoreImage.Of(backup)))
            {
                RequireFound(name, chainOf(image.ToFiles()));
                tried++;
            }
        }

        Assert.True(tried > 60, $"only {tried} damages");
    }

    private static IEnumerable<(string Name, StoreImage Image)> DamageEach(StoreImage whole)
    {
        foreach (string path in whole.Paths)
        {
            int length = whole[path].Length;
            foreach (int offset in new[] { 0, length / 3, length / 2, length - 1 }.Where(offset => offset >= 0 && offset < length).Distinct())
            {
                StoreImage flipped = whole.Copy();
                flipped.Flip(path, offset, 0x10);
                yield return ($"{path} flipped at {offset}", flipped);
            }

            StoreImage cut = whole.Copy();
            cut[path] = cut[path][..Math.Max(0, length - 1)];
            yield return ($"{path} cut", cut);
            StoreImage longer = whole.Copy();
            longer[path] = [.. longer[path], 0];
            yield return ($"{path} longer", longer);
            StoreImage removed = whole.Copy();
            removed.Remove(path);
            yield return ($"{path} removed", removed);
        }
    }

    private static void RequireFound(string name, IFileSystem[] chain)
    {
        SimulatedFileSystem destination = new();
        try
        {
            Assert.False(BackupSample.Verify(chain).IsWhole, name);
        }
        catch (StoreException e)
        {
            Assert.True(e.Error == StoreError.BackupInvalid, $"{name}: {e.Message}");
        }

        StoreException refused = Assert.ThrowsAny<StoreException>(() => BackupSample.Restore(destination, chain));
        Assert.True(refused.Error == StoreError.BackupInvalid, $"{name}: {refused.Error} {refused.Message}");
        Assert.Empty(BackupSample.PathsIn(destination));
    }
}

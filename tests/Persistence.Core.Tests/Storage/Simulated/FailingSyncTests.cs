using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Storage.Simulated;

/// <summary>What a failed sync leaves, as the file systems that people use have it.</summary>
public sealed class FailingSyncTests
{
    private readonly SimulatedFileSystem disk = new();

    [Fact]
    public void What_was_forgotten_stays_readable_and_no_later_sync_makes_it_durable()
    {
        using IFile file = CreateDurably("f", "old");
        file.Write("new"u8, 0);
        disk.FailSync(new FailingSync("f", FlushFailure.Forgotten));
        Assert.Equal(StorageFault.Failed, Assert.Throws<StorageException>(file.SyncData).Fault);
        file.SyncData();
        file.Sync();
        Assert.Equal("new", disk.FindText("f"));
        Assert.Equal("old", AfterPowerCut("f"));
    }

    [Fact]
    public void What_is_written_again_after_it_was_forgotten_is_durable_with_its_sync()
    {
        using IFile file = CreateDurably("f", "old");
        file.Write("new"u8, 0);
        disk.FailSync(new FailingSync("f", FlushFailure.Forgotten));
        Assert.Throws<StorageException>(file.SyncData);
        file.Write("new"u8, 0);
        file.SyncData();
        Assert.Equal("new", AfterPowerCut("f"));
    }

    [Fact]
    public void A_cut_that_was_forgotten_mixes_no_old_bytes_into_what_is_written_after_it()
    {
        using IFile file = CreateDurably("f", new string('x', 9000));
        file.SetLength(10);
        disk.FailSync(new FailingSync("f", FlushFailure.Forgotten));
        Assert.Throws<StorageException>(file.Sync);
        file.SetLength(5);
        file.Sync();
        Assert.Equal("xxxxx", AfterPowerCut("f"));
    }

    [Fact]
    public void Each_handle_open_at_the_failure_is_told_once()
    {
        using IFile first = CreateDurably("f", "old");
        using IFile second = disk.Open("f", FileIntent.ReadWrite);
        disk.FailSync(new FailingSync("f", FlushFailure.Forgotten));
        Assert.Throws<StorageException>(first.SyncData);
        using IFile later = disk.Open("f", FileIntent.ReadWrite);
        later.SyncData();
        Assert.Throws<StorageException>(second.SyncData);
        second.SyncData();
        first.SyncData();
    }

    [Fact]
    public void The_first_handle_opened_later_that_syncs_is_told_too_where_kernels_do_so()
    {
        using IFile file = CreateDurably("f", "old");
        disk.FailSync(new FailingSync("f", FlushFailure.Forgotten) { IsHeardLater = true });
        Assert.Throws<StorageException>(file.SyncData);
        using (IFile later = disk.Open("f", FileIntent.ReadWrite))
        {
            Assert.Throws<StorageException>(later.SyncData);
            later.SyncData();
        }

        using IFile last = disk.Open("f", FileIntent.ReadWrite);
        last.SyncData();
    }

    [Fact]
    public void A_failure_reported_late_fails_the_next_sync_and_keeps_what_this_one_wrote()
    {
        using IFile file = CreateDurably("f", "1");
        file.Write("2"u8, 0);
        disk.FailSync(new FailingSync("f", FlushFailure.ReportedLate));
        file.SyncData();
        file.Write("3"u8, 0);
        Assert.Throws<StorageException>(file.SyncData);
        file.SyncData();
        Assert.Equal("2", AfterPowerCut("f"));
    }

    [Fact]
    public void A_reverted_file_reads_as_at_its_last_sync_and_holds_its_space()
    {
        long free = disk.GetFreeBytes();
        using IFile file = CreateDurably("f", "old");
        file.Write(new byte[9000], 0);
        disk.FailSync(new FailingSync("f", FlushFailure.Reverted));
        Assert.Throws<StorageException>(file.SyncData);
        Assert.Equal("old", disk.FindText("f"));
        Assert.Equal(free - 4096, disk.GetFreeBytes());
        file.Write("new"u8, 0);
        file.SyncData();
        Assert.Equal("new", AfterPowerCut("f"));
    }

    [Fact]
    public void After_a_failure_of_the_journal_nothing_can_be_changed_and_everything_read()
    {
        using IFile file = CreateDurably("f", "old");
        file.Write("new"u8, 0);
        disk.FailSync(new FailingSync("f", FlushFailure.JournalAborted));
        Assert.Equal(StorageFault.Failed, Assert.Throws<StorageException>(file.SyncData).Fault);
        foreach (Action change in (Action[])[
            file.SyncData, () => file.Write("x"u8, 0), () => file.SetLength(1), () => disk.Rename("f", "g"), () => disk.Delete("f"), () => disk.SyncDirectory(""),
            () => disk.CreateDirectory("d"), () => disk.Open("g", FileIntent.CreateNew), () => disk.Open("f", FileIntent.ReadWrite)])
        {
            Assert.Equal(StorageFault.ReadOnly, Assert.Throws<StorageException>(change).Fault);
        }

        Assert.True(disk.IsReadOnly);
        Assert.Equal("new", disk.FindText("f"));
        Assert.Equal("old", AfterPowerCut("f"));
        Assert.False(disk.CrashImage(CrashImageKind.DropPending).IsReadOnly);
    }

    [Fact]
    public void Names_that_were_forgotten_stay_visible_and_no_later_sync_makes_them_durable()
    {
        using IFile file = CreateDurably("a", "1");
        using IFile other = CreateDurably("b", "2");
        disk.Rename("a", "c");
        disk.FailSync(new FailingSync("", FlushFailure.Forgotten));
        Assert.Throws<StorageException>(() => disk.SyncDirectory(""));
        disk.Delete("b");
        disk.SyncDirectory("");
        Assert.Equal(["c"], disk.List("").Select(entry => entry.Name));
        Assert.Equal(["a"], disk.CrashImage(CrashImageKind.DropPending).List("").Select(entry => entry.Name));
    }

    [Fact]
    public void The_nth_sync_of_any_file_in_a_directory_can_be_made_to_fail()
    {
        disk.CreateDirectory("d");
        using IFile first = disk.Open("d/1", FileIntent.CreateNew);
        using IFile second = disk.Open("d/2", FileIntent.CreateNew);
        disk.FailSync(new FailingSync("d/", FlushFailure.Forgotten) { Ordinal = 3, Fault = StorageFault.DiskFull });
        first.Sync();
        second.SyncData();
        Assert.Equal(StorageFault.DiskFull, Assert.Throws<StorageException>(first.Sync).Fault);
        second.Sync();
    }

    [Theory]
    [InlineData(FlushFailure.Forgotten)]
    [InlineData(FlushFailure.Reverted)]
    public void The_trace_of_a_failed_sync_allows_what_the_disk_itself_says_and_never_more_after_later_syncs(FlushFailure failure)
    {
        using IFile file = CreateDurably("f", "old");
        TraceRecorder recorder = disk.StartRecording();
        file.Write("new"u8, 0);
        disk.FailSync(new FailingSync("f", failure));
        Assert.Throws<StorageException>(file.SyncData);
        file.Write("!"u8, 3);
        file.SyncData();
        CrashStateSpace space = new(recorder.ToTrace(), CrashProfile.PosixMin);
        CrashChoice choice = new(space.Micros.Count) { Cut = recorder.ToTrace().End };
        Assert.Equal("old!", space.At(choice).ToFileSystem().FindText("f"));
        Array.Fill(choice.Keeps, true);
        Assert.Equal(failure == FlushFailure.Reverted ? "old!" : "new!", space.At(choice).ToFileSystem().FindText("f"));
        Assert.Equal(space.At(choice).ToFileSystem().FindText("f"), disk.FindText("f"));
    }

    [Fact]
    public void The_trace_of_a_failed_sync_of_names_never_makes_them_durable()
    {
        TraceRecorder recorder = disk.StartRecording();
        disk.CreateText("a", "").Dispose();
        disk.FailSync(new FailingSync("", FlushFailure.Forgotten));
        Assert.Throws<StorageException>(() => disk.SyncDirectory(""));
        disk.CreateText("b", "").Dispose();
        disk.SyncDirectory("");
        CrashStateSpace space = new(recorder.ToTrace(), CrashProfile.PosixMin);
        CrashChoice choice = new(space.Micros.Count) { Cut = recorder.ToTrace().End };
        Assert.Equal(["b"], space.At(choice).ToFileSystem().List("").Select(entry => entry.Name));
    }

    [Fact]
    public void What_was_reverted_when_the_process_was_killed_is_not_made_durable_by_the_next_one()
    {
        using IFile file = CreateDurably("f", "old");
        TraceRecorder recorder = disk.StartRecording();
        file.Write("new"u8, 0);
        disk.FailSync(new FailingSync("f", FlushFailure.Reverted));
        Assert.Throws<StorageException>(file.SyncData);
        DiskTrace trace = recorder.ToTrace();
        CrashStateSpace space = new(trace, CrashProfile.PosixMin);
        CrashChoice killed = new(space.Micros.Count) { Cut = trace.Operations[^1].Exit + 1 };
        Array.Fill(killed.Keeps, true);
        SimulatedFileSystem next = space.At(killed).GoOn(trace, killed.Cut);
        Assert.Equal("old", next.FindText("f"));
        using (IFile again = next.Open("f", FileIntent.ReadWrite))
        {
            again.Write("!"u8, 3);
            again.SyncData();
        }

        CrashStateSpace later = new(next.Recorder!.ToTrace(), CrashProfile.PosixMin);
        CrashChoice choice = new(later.Micros.Count) { Cut = next.Recorder.ToTrace().End };
        Assert.Equal("old!", later.At(choice).ToFileSystem().FindText("f"));
    }

    private IFile CreateDurably(string path, string text)
    {
        IFile file = disk.CreateText(path, text);
        file.Sync();
        disk.SyncDirectory("");
        return file;
    }

    private string? AfterPowerCut(string path) => disk.CrashImage(CrashImageKind.DropPending).FindText(path);
}

using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Storage.Simulated;

public sealed class CrashImageTests
{
    private readonly SimulatedFileSystem files = new();

    [Fact]
    public void A_kill_loses_nothing()
    {
        files.CreateDirectory("wal");
        files.CreateText("wal/1", "never synced");
        Assert.Equal("never synced", files.CrashImage(CrashImageKind.KeepEverything).FindText("wal/1"));
    }

    [Fact]
    public void Bytes_written_after_the_last_sync_are_lost_in_a_power_cut()
    {
        using IFile file = CreateDurably("f", "synced");
        file.Write("changed, longer"u8, 0);
        Assert.Equal("synced", AfterPowerCut("f"));
        file.SyncData();
        Assert.Equal("changed, longer", AfterPowerCut("f"));
    }

    [Fact]
    public void A_sync_makes_the_bytes_of_every_handle_durable()
    {
        using IFile first = CreateDurably("f", "....");
        using IFile second = files.Open("f", FileIntent.ReadWrite);
        second.Write("xx"u8, 0);
        first.SyncData();
        Assert.Equal("xx..", AfterPowerCut("f"));
    }

    [Fact]
    public void A_cut_an_extension_and_an_allocation_are_pending_too()
    {
        using IFile file = CreateDurably("f", "abcdef");
        file.SetLength(3);
        Assert.Equal("abcdef", AfterPowerCut("f"));
        file.Sync();
        Assert.Equal("abc", AfterPowerCut("f"));
        file.Allocate(5);
        Assert.Equal("abc", AfterPowerCut("f"));
        file.SetLength(6);
        file.Sync();
        Assert.Equal("abc\0\0\0", AfterPowerCut("f"));
    }

    [Fact]
    public void A_cut_and_a_new_write_do_not_mix_old_bytes_in()
    {
        using IFile file = CreateDurably("f", new string('x', 9000));
        file.SetLength(10);
        file.Write("yy"u8, 8500);
        file.Sync();
        string expected = new string('x', 10) + new string('\0', 8490) + "yy";
        Assert.Equal(expected, AfterPowerCut("f"));
        Assert.Equal(expected, files.FindText("f"));
    }

    [Fact]
    public void A_synced_file_without_a_synced_name_is_gone()
    {
        using IFile file = files.CreateText("f", "x");
        file.Sync();
        Assert.Null(AfterPowerCut("f"));
        files.SyncDirectory("");
        Assert.Equal("x", AfterPowerCut("f"));
    }

    [Fact]
    public void A_synced_name_without_synced_bytes_is_an_empty_file()
    {
        files.CreateText("f", "x");
        files.SyncDirectory("");
        Assert.Equal("", AfterPowerCut("f"));
    }

    [Fact]
    public void A_directory_is_durable_when_its_parent_was_synced()
    {
        files.CreateDirectory("wal");
        files.CreateText("wal/1", "x").Sync();
        files.SyncDirectory("wal");
        Assert.Null(AfterPowerCut("wal/1"));
        Assert.Empty(files.CrashImage(CrashImageKind.DropPending).List(""));
        files.SyncDirectory("");
        Assert.Equal("x", AfterPowerCut("wal/1"));
    }

    [Fact]
    public void A_deleted_file_is_back_until_its_directory_is_synced()
    {
        CreateDurably("f", "x");
        files.Delete("f");
        Assert.Equal("x", AfterPowerCut("f"));
        files.SyncDirectory("");
        Assert.Null(AfterPowerCut("f"));
    }

    [Fact]
    public void A_rename_between_directories_is_two_changes()
    {
        files.CreateDirectory("staging");
        files.CreateDirectory("wal");
        files.SyncDirectory("");
        files.CreateText("staging/1", "x").Sync();
        files.SyncDirectory("staging");
        files.Rename("staging/1", "wal/1");
        Assert.Equal(("x", null), (AfterPowerCut("staging/1"), AfterPowerCut("wal/1")));
        files.SyncDirectory("wal");
        Assert.Equal(("x", "x"), (AfterPowerCut("staging/1"), AfterPowerCut("wal/1")));
        files.SyncDirectory("staging");
        Assert.Equal((null, "x"), (AfterPowerCut("staging/1"), AfterPowerCut("wal/1")));
    }

    [Fact]
    public void Two_names_that_survive_are_still_one_file()
    {
        CreateDurably("a", "x");
        files.Link("a", "b");
        files.SyncDirectory("");
        SimulatedFileSystem image = files.CrashImage(CrashImageKind.DropPending);
        using (IFile file = image.Open("a", FileIntent.ReadWrite))
            file.Write("y"u8, 0);
        Assert.Equal("y", image.FindText("b"));
    }

    [Fact]
    public void Names_and_bytes_can_be_lost_apart()
    {
        CreateDurably("old", "old").Write("new"u8, 0);
        files.Rename("old", "new");
        SimulatedFileSystem names = files.CrashImage(CrashImageKind.KeepNamesOnly);
        SimulatedFileSystem data = files.CrashImage(CrashImageKind.KeepDataOnly);
        Assert.Equal((null, "old"), (names.FindText("old"), names.FindText("new")));
        Assert.Equal(("new", null), (data.FindText("old"), data.FindText("new")));
    }

    [Fact]
    public void What_an_image_holds_is_durable_in_it()
    {
        files.CreateDirectory("wal");
        files.CreateText("wal/1", "x");
        SimulatedFileSystem image = files.CrashImage(CrashImageKind.KeepEverything).CrashImage(CrashImageKind.DropPending);
        Assert.Equal("x", image.FindText("wal/1"));
    }

    [Fact]
    public void Nobody_holds_a_lock_in_an_image()
    {
        using IFile holder = files.CreateText("LOCK", "");
        Assert.True(holder.TryLock(FileLockKind.Exclusive));
        using IFile next = files.CrashImage(CrashImageKind.KeepEverything).Open("LOCK", FileIntent.ReadWrite);
        Assert.True(next.TryLock(FileLockKind.Exclusive));
        using IFile other = files.Open("LOCK", FileIntent.Read);
        Assert.False(other.TryLock(FileLockKind.Shared));
    }

    [Fact]
    public void A_deleted_but_open_file_is_gone_in_an_image()
    {
        using IFile file = files.CreateText("f", "x");
        files.Delete("f");
        SimulatedFileSystem image = files.CrashImage(CrashImageKind.KeepEverything);
        Assert.Empty(image.List(""));
    }

    // The trap in copying on write: an image, its origin and what is durable in either share their pages.
    [Theory]
    [InlineData(CrashImageKind.KeepEverything)]
    [InlineData(CrashImageKind.DropPending)]
    public void Changing_an_image_and_its_origin_leaves_the_other_alone(CrashImageKind kind)
    {
        string content = new('x', 20_000);
        using IFile origin = CreateDurably("f", content);
        SimulatedFileSystem first = files.CrashImage(kind);
        SimulatedFileSystem second = files.CrashImage(kind);
        origin.Write("origin"u8, 5000);
        using (IFile file = first.Open("f", FileIntent.ReadWrite))
        {
            file.Write("first"u8, 5000);
            file.SyncData();
            file.SetLength(5003);
        }
        Assert.Equal(content, second.FindText("f"));
        Assert.Equal(content[..5000] + "origin" + content[5006..], files.FindText("f"));
        Assert.Equal(content, AfterPowerCut("f"));
        Assert.Equal(content[..5000] + "fir", first.FindText("f"));
        Assert.Equal(content[..5000] + "first" + content[5005..], first.CrashImage(CrashImageKind.DropPending).FindText("f"));
    }

    [Fact]
    public void Any_sequence_of_operations_leaves_what_a_plain_model_says()
    {
        for (int seed = 0; seed < 300; seed++)
            CompareWithPlainModel(new Random(seed), seed);
    }

    [Fact]
    public async Task Images_sharing_pages_are_used_by_many_threads_at_once()
    {
        string content = new('x', 50_000);
        CreateDurably("f", content);
        SimulatedFileSystem image = files.CrashImage(CrashImageKind.DropPending);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (int round = 0; round < 200; round++)
                WriteToAnImageOf(image, worker, content);
        })));
        Assert.Equal(content, image.FindText("f"));
    }

    private static void WriteToAnImageOf(SimulatedFileSystem origin, int worker, string content)
    {
        SimulatedFileSystem own = origin.CrashImage(CrashImageKind.DropPending);
        using IFile file = own.Open("f", FileIntent.ReadWrite);
        file.Write([(byte)('0' + worker)], 10_000);
        file.SyncData();
        Assert.Equal(content[..10_000] + worker + content[10_001..], own.FindText("f"));
    }

    private static void CompareWithPlainModel(Random random, int seed)
    {
        SimulatedFileSystem simulated = new();
        using IFile file = simulated.Open("f", FileIntent.CreateNew);
        simulated.SyncDirectory("");
        byte[] live = [];
        byte[] durable = [];
        for (int step = 0; step < 60; step++)
        {
            int position = random.Next(30_000);
            switch (random.Next(6))
            {
                case 0:
                case 1:
                    byte[] data = new byte[random.Next(1, 10_000)];
                    random.NextBytes(data);
                    file.Write(data, position);
                    Array.Resize(ref live, Math.Max(live.Length, position + data.Length));
                    data.CopyTo(live, position);
                    break;
                case 2:
                    file.SetLength(position);
                    Array.Resize(ref live, position);
                    break;
                case 3:
                    file.Allocate(position);
                    Array.Resize(ref live, Math.Max(live.Length, position));
                    break;
                case 4:
                    file.SyncData();
                    durable = [.. live];
                    break;
                default:
                    Assert.Equal(durable, Bytes(simulated.CrashImage(CrashImageKind.DropPending)));
                    Assert.Equal(live, Bytes(simulated.CrashImage(CrashImageKind.KeepEverything)));
                    break;
            }
            Assert.True(live.AsSpan().SequenceEqual(Bytes(simulated)), $"seed {seed}, step {step}");
        }
    }

    private static byte[] Bytes(SimulatedFileSystem simulated)
    {
        using IFile file = simulated.Open("f", FileIntent.Read);
        byte[] buffer = new byte[file.GetLength()];
        Assert.Equal(buffer.Length, file.Read(buffer, 0));
        return buffer;
    }

    private IFile CreateDurably(string path, string text)
    {
        IFile file = files.CreateText(path, text);
        file.Sync();
        files.SyncDirectory("");
        return file;
    }

    private string? AfterPowerCut(string path) => files.CrashImage(CrashImageKind.DropPending).FindText(path);
}

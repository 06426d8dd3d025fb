using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Terminals;

/// <summary>
/// A store of terminals made with a fixed clock and fixed random numbers, byte for byte as version 1 wrote it, with every kind of record and of checkpoint item. Files of a shipped version never change: a new version gets new
/// golden files, and must still open these.
/// </summary>
public sealed class GoldenTerminalsTests
{
    private static readonly GoldenFiles s_golden = new("Terminals");
    private static readonly StoreOptions Options = TerminalStore.Increments with { SegmentBytes = 256 << 10, LogRetainBytes = long.MaxValue, Compress = false };

    public static TheoryData<string, string> Files => new()
    {
        { "ROOT", "root" },
        { "wal/0000000001.wal", "segment-first" },
        { "wal/0000000002.wal", "segment-second" },
        { "checkpoints/0000000001.full", "checkpoint-full" },
        { "checkpoints/0000000002.incr", "checkpoint-increment" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_is_byte_for_byte_what_version_1_wrote(string path, string golden) => Assert.Equal(s_golden.Read(golden), HexDump.Write(Make()[path]));

    [Fact]
    public void The_files_of_version_1_are_all_there_are() =>
        Assert.Equal(Files.Select(static row => row.Data.Item1).Append("LOCK").Append("OWNER").Order(StringComparer.Ordinal), Make().Paths);

    [Fact]
    public void A_store_of_version_1_opens_with_its_state_and_every_kind_of_record()
    {
        SimulatedFileSystem files = s_golden.OpenStore(Files);
        using (TerminalStore reader = TerminalStore.OpenReadOnly(files))
        {
            Assert.Equal(s_golden.Read("state"), reader.Dump());
            Assert.Equal(2, reader.Store.RecoveryReport.CheckpointId);
            Assert.True(reader.Store.RecoveryReport.WasClean);
            Assert.Equal(Enum.GetValues<TerminalRecordKind>(), reader.Store.ReadLog().Where(static entry => entry.Type.Model == Persistence.State.StateModelId.Terminals).Select(TerminalSample.KindOf).Distinct().Order());
        }

        using TerminalStore store = TerminalStore.Open(files, Options);
        Assert.Empty(store.Store.RecoveryReport.Findings);
        store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
        Assert.Equal(s_golden.Read("state"), store.Dump());
    }

    /// <summary>Without its checkpoints, by every record there is.</summary>
    [Fact]
    public void A_log_of_version_1_replays_to_the_same_state()
    {
        SimulatedFileSystem files = s_golden.OpenStore(Files);
        files.Delete("checkpoints/0000000001.full");
        files.Delete("checkpoints/0000000002.incr");
        using TerminalStore store = TerminalStore.OpenReadOnly(files);
        Assert.Null(store.Store.RecoveryReport.CheckpointId);
        Assert.Equal(s_golden.Read("state"), store.Dump());
    }

    [Fact]
    public void Its_checkpoints_have_every_kind_of_item()
    {
        StoreImage image = Make();
        Assert.Equal([0, 1, 6, 7, 1, 2, 2, 3, 3, 3, 4, 5, 5], GoldenFiles.KindsIn(image, "checkpoints/0000000001.full"));
        Assert.Equal([0, 1, 6, 7, 1, 2, 2, 2, 3, 3, 3, 3, 5, 4, 5], GoldenFiles.KindsIn(image, "checkpoints/0000000002.incr"));
    }

    private static StoreImage Make()
    {
        SimulatedFileSystem files = new();
        ManualClock clock = new();
        using TerminalStore store = TerminalStore.Create(TestStore.DeterministicHostFor(files, clock: clock), Options);
        TerminalSample sample = TerminalSample.Add(store);
        clock.Advance(TimeSpan.FromSeconds(1));
        PaneProcess process = new(4711, ManualClock.Start, "boot-1", "test-host");
        // Zeros, which a dump leaves out: a chunk, and what follows it.
        store.Write(sample.Left, new byte[ScrollbackChunk.BytesMax]);
        store.Change(batch =>
        {
            batch.SetPaneState(sample.Left, PaneState.Running(process));
            batch.AppendOutput(sample.Right, [0x1B, (byte)'[', (byte)'m', 0xFF, 0, (byte)'\n']);
            batch.SetPaneTitle(sample.Right, "größe");
            batch.SetPaneWorkingDirectory(sample.Right, "/tmp");
            batch.ResizePane(sample.Right, new TerminalSize(132, 43));
            batch.SelectPane(sample.Window, sample.Right);
            batch.SelectWindow(sample.Work, sample.Second);
            batch.RenameSession(sample.Other, "Other");
            batch.RenameWindow(sample.Second, "make");
            batch.SetLayout(sample.Window, TerminalLayout.Split(SplitDirection.Stacked, new LayoutPart(TerminalLayout.Of(sample.Right), 2), new LayoutPart(TerminalLayout.Of(sample.Left))));
        });
        store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
        clock.Advance(TimeSpan.FromSeconds(1));
        store.Change(batch =>
        {
            batch.MoveWindow(sample.Second, sample.Other, 2);
            batch.DestroyPane(sample.Left);
            PaneConfiguration configuration = new()
            {
                Command = "sh",
                Arguments = ["-c", "date"],
                WorkingDirectory = "/",
                Environment = [EnvironmentEntry.Set("A", "1"), EnvironmentEntry.Remove("B"), EnvironmentEntry.Withhold("TOKEN")],
                RestoreCommand = new PaneCommand("less", ["log"]),
                Scrollback = new ScrollbackLimits(100, 0),
            };
            batch.ConfigurePane(sample.Right, configuration);
            PaneId below = batch.CreatePane(sample.Window, configuration, TerminalSize.Default, new PanePlacement { Place = PanePlace.Below, Of = sample.Right, Percent = 30 });
            batch.CreatePane(batch.CreateWindow(sample.Other, "new"), TerminalStore.Shell, TerminalSize.Default);
            batch.SetPaneState(below, PaneState.Exited(2, 15, process));
            batch.AppendOutput(below, new byte[ScrollbackChunk.BytesMax + 3]);
            batch.SetMetadata(sample.Work, "color", "blue");
            batch.SetEnvironment(sample.Work, EnvironmentEntry.Withhold("TOKEN"));
            batch.UnsetEnvironment(sample.Work, "EDITOR");
        });
        store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Incremental });
        store.Store.RotateLog();
        clock.Advance(TimeSpan.FromSeconds(1));
        store.Change(batch =>
        {
            batch.UnsetMetadata(sample.Work, "color");
            batch.SetScrollbackLimits(new ScrollbackLimits(1000, 1 << 20));
            batch.DestroyWindow(sample.Second);
            batch.DestroySession(batch.CreateSession("gone"));
        });
        store.Store.Close();
        return StoreImage.Of(files.CrashImage(CrashImageKind.DropPending));
    }
}

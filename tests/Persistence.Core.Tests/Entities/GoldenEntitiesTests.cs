using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Entities;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Entities;

/// <summary>
/// A store of entities made with a fixed clock and fixed random numbers, byte for byte as version 1 wrote it, with every kind of record, of field and of checkpoint item. Files of a shipped version never change: a new version gets new
/// golden files, and must still open these.
/// </summary>
public sealed class GoldenEntitiesTests
{
    private static readonly GoldenFiles s_golden = new("Entities");
    private static readonly StoreOptions Options = EntityStore.Increments with { SegmentBytes = 256 << 10, LogRetainBytes = long.MaxValue, Compress = false };

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
        using (EntityStore reader = EntityStore.OpenReadOnly(files))
        {
            Assert.Equal(s_golden.Read("state"), reader.Dump());
            Assert.Equal(2, reader.Store.RecoveryReport.CheckpointId);
            Assert.True(reader.Store.RecoveryReport.WasClean);
            Assert.Equal(
                Enum.GetValues<EntityRecordKind>().Where(static kind => kind != EntityRecordKind.None),
                EntityLog.Read(reader.Store).Select(static change => change.Kind).Distinct().Order());
        }

        using EntityStore store = EntityStore.Open(files, Options);
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
        using EntityStore store = EntityStore.OpenReadOnly(files);
        Assert.Null(store.Store.RecoveryReport.CheckpointId);
        Assert.Equal(s_golden.Read("state"), store.Dump());
    }

    [Fact]
    public void Its_checkpoints_have_every_kind_of_item()
    {
        StoreImage image = Make();
        Assert.Equal([0, 1, 1, 1, 2, 2, 2, 2, 3, 5, 5, 5], GoldenFiles.KindsIn(image, "checkpoints/0000000001.full"));
        Assert.Equal(Enum.GetValues<EntityItemKind>().Select(static kind => (int)kind), GoldenFiles.KindsIn(image, "checkpoints/0000000002.incr").Distinct().Order());
    }

    private static StoreImage Make()
    {
        SimulatedFileSystem files = new();
        ManualClock clock = new();
        using EntityStore store = EntityStore.Create(TestStore.DeterministicHostFor(files, clock: clock), Options);
        EntitySample sample = EntitySample.Add(store);
        store.Change(batch => batch.Create(ComponentData.Of("Everything", [.. EntitySample.Types.Select(static type => (EntitySample.NameOf(type), Values.SampleValues.Of(type)[^1])).Select(pair => pair.Item2 is byte[] { Length: > 100 } or string { Length: > 100 } ? (pair.Item1, null) : pair).Where(static pair => !pair.Item1.StartsWith("Reference", StringComparison.Ordinal) && !pair.Item1.EndsWith("[]", StringComparison.Ordinal)), ("Reference", sample.Second), ("Reference[]", new[] { sample.First, EntityId.None }), ("Int16[]", new[] { -1, 300 }), ("String[]", new[] { "größe", null, "" })])));
        clock.Advance(TimeSpan.FromSeconds(1));
        store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
        store.Change(batch =>
        {
            batch.Add(sample.Third, ComponentData.Of("Tag"));
            batch.Remove(sample.First, "Position");
            batch.Change(sample.First, ComponentData.Of("Everything", ("Float32", 2.5)));
            batch.Set(sample.Third, ComponentData.Of("Position", ("Y", -1)));
            batch.Delete(batch.Create(ComponentData.Of("Position")));
        });
        store.Entities.AddField("Position", new FieldDefinition("Z", new FieldType(FieldKind.String), "none"));
        store.Entities.WidenField("Position", "X", new FieldType(FieldKind.Int32));
        store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Incremental });
        store.Store.RotateLog();
        clock.Advance(TimeSpan.FromSeconds(1));
        store.Entities.RenameField("Position", "Z", "Note");
        store.Entities.DropField("Everything", "Bool");
        store.Entities.RenameTable("Tag", "Label");
        store.Entities.CreateTable("Gone");
        store.Entities.DropTable("Gone");
        store.Change(batch => batch.Delete(sample.Second));
        store.Store.Close();
        return StoreImage.Of(files.CrashImage(CrashImageKind.DropPending));
    }
}

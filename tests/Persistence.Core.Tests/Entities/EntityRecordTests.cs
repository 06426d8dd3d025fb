using Persistence.Diagnostics;
using Persistence.Entities;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Entities;

/// <summary>Records that a caller of the engine can make by hand: whatever replay would not take is refused before it is in the log.</summary>
public sealed class EntityRecordTests
{
    /// <summary>Each record of a history with one of its bytes, or its length, changed: it is refused and changes nothing, or it is taken live as it is by replay.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_record_that_is_damaged_is_refused_or_replays_to_the_same_state(int part)
    {
        Random random = new(part);
        (RecordType Type, byte[] Payload)[] records = MakeRecords();
        int refused = 0;
        int taken = 0;
        for (int run = 0; run < 60; run++)
        {
            SimulatedFileSystem files = new();
            string after;
            using (EntityStore store = EntityStore.Create(files))
            {
                EntitySample.Add(store);
                for (int i = 0; i < 25; i++)
                {
                    (RecordType type, byte[] payload) = records[random.Next(records.Length)];
                    string before = store.Dump();
                    try
                    {
                        Commit(store, type, Damage(payload, random));
                        taken++;
                    }
                    catch (StoreException)
                    {
                        refused++;
                        Assert.Equal(before, store.Dump());
                    }

                    Assert.Null(store.Store.GetStatus().Fault);
                    Assert.Equal(0, store.Entities.PendingCount);
                }

                Assert.Empty(((IStateModel)store.Entities).FindViolations());
                after = store.Dump();
            }

            using EntityStore again = EntityStore.Open(files);
            Assert.Equal(after, again.Dump());
            Assert.Empty(((IStateModel)again.Entities).FindViolations());
        }

        Assert.True(refused > 300 && taken > 100, $"{refused} refused, {taken} taken");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(14)]
    [InlineData(255)]
    public void A_kind_that_nobody_knows_is_refused(byte kind)
    {
        using EntityStore store = EntityStore.Create();
        Assert.Equal(StoreError.UnsupportedFormatVersion, Assert.ThrowsAny<StoreException>(() => Commit(store, new RecordType(StateModelId.Entities, kind), [0x90])).Error);
        Assert.False(EntityChange.Is(new RecordType(StateModelId.Entities, kind)));
    }

    [Fact]
    public void A_version_that_nobody_knows_is_refused()
    {
        using EntityStore store = EntityStore.Create();
        Assert.Equal(StoreError.UnsupportedFormatVersion, Assert.ThrowsAny<StoreException>(() => Commit(store, EntityRecords.TypeOf(EntityRecordKind.EntityDeleted), [0x91, 1], version: 2)).Error);
        Assert.Equal(StoreError.UnsupportedFormatVersion, Assert.ThrowsAny<StoreException>(static () => EntityChange.Read(EntityRecords.TypeOf(EntityRecordKind.EntityDeleted), 2, [0x91, 1])).Error);
    }

    /// <summary>A newer version adds fields behind those of today.</summary>
    [Fact]
    public void Fields_that_a_newer_version_adds_are_passed_over()
    {
        SimulatedFileSystem files = new();
        using EntityStore store = EntityStore.Create(files);
        EntitySample sample = EntitySample.Add(store);
        GrowableBuffer buffer = new(1 << 10);
        MessagePackWriter writer = new(buffer);
        writer.WriteArrayHeader(3);
        writer.WriteInteger(sample.First.Value);
        writer.WriteString("newer");
        writer.WriteNil();
        Commit(store, EntityRecords.TypeOf(EntityRecordKind.EntityDeleted), buffer.WrittenSpan.ToArray());
        Assert.False(store.Entities.Exists(sample.First));
        EntityChange change = EntityLog.Read(store.Store).Last();
        Assert.Equal((EntityRecordKind.EntityDeleted, sample.First), (change.Kind, change.Entity!.Value));
        Assert.Equal([1, 2], change.TablesBefore!);
        using EntityStore reader = EntityStore.OpenReadOnly(files.CrashImage(CrashImageKind.KeepEverything));
        Assert.Equal(store.Dump(), reader.Dump());
    }

    [Fact]
    public void An_id_that_was_not_given_out_creates_nothing()
    {
        using EntityStore store = EntityStore.Create();
        EntitySample sample = EntitySample.Add(store);
        string before = store.Dump();
        foreach (EntityId id in (EntityId[])[sample.First, sample.Gone, new(sample.First.Slot, sample.First.Generation + 1), new(77, 1), new(EntityId.SlotMax, 1)])
        {
            GrowableBuffer buffer = new(1 << 10);
            MessagePackWriter writer = new(buffer);
            writer.WriteArrayHeader(2);
            writer.WriteInteger(id.Value);
            writer.WriteArrayHeader(0);
            Assert.Equal(StoreError.MalformedData, Assert.ThrowsAny<StoreException>(() => Commit(store, EntityRecords.TypeOf(EntityRecordKind.EntityCreated), buffer.WrittenSpan.ToArray())).Error);
        }

        Assert.Equal(before, store.Dump());
    }

    private static (RecordType Type, byte[] Payload)[] MakeRecords()
    {
        using EntityStore store = EntityStore.Create();
        EntitySample sample = EntitySample.Add(store);
        EntityId added = default;
        store.Change(batch => added = batch.Create(ComponentData.Of("Position", ("X", 1)), ComponentData.Of("Everything", ("Guid", Guid.Empty), ("Time", DateTimeOffset.UnixEpoch))));
        store.Change(batch => batch.Add(sample.Second, ComponentData.Of("Position", ("Y", 2.5))));
        store.Change(batch => batch.Set(sample.Second, ComponentData.Of("Everything", ("Reference", sample.First), ("Float64[]", new[] { 1.5 }), ("UInt64", ulong.MaxValue))));
        store.Change(batch => batch.Change(sample.First, ComponentData.Of("Position", ("X", -5))));
        store.Change(batch => batch.Remove(sample.Second, "Tag"));
        store.Change(batch => batch.Delete(sample.Third));
        store.Entities.CreateTable("More", new FieldDefinition("A", new FieldType(FieldKind.String, IsArray: true), new[] { "x" }));
        store.Entities.AddField("Position", new FieldDefinition("Z", new FieldType(FieldKind.UInt8), 9));
        store.Entities.WidenField("Position", "X", new FieldType(FieldKind.Int32));
        store.Entities.RenameField("Position", "Y", "W");
        store.Entities.DropField("Everything", "Bool");
        store.Entities.RenameTable("Tag", "Label");
        store.Entities.DropTable("More");
        return [.. store.Store.ReadLog(Lsn.None).Where(static entry => EntityChange.Is(entry.Type)).Select(static entry => (entry.Type, PayloadOf(entry)))];
    }

    /// <summary>What a program would give: the payload without what was added to it where it got its place in the log.</summary>
    private static byte[] PayloadOf(LogEntry entry)
    {
        MessagePackReader reader = new(entry.Payload.Span, MessagePackReader.LargestMaxDepth);
        return reader.ReadRaw().ToArray();
    }

    private static byte[] Damage(byte[] payload, Random random)
    {
        byte[] damaged = [.. payload];
        switch (random.Next(6))
        {
            case 0:
                break;
            case 1:
                damaged = damaged[..random.Next(damaged.Length)];
                break;
            case 2:
                damaged = [.. damaged, (byte)random.Next(256)];
                break;
            default:
                for (int i = 0; i <= random.Next(3); i++)
                    damaged[random.Next(damaged.Length)] = (byte)(random.Next(3) == 0 ? random.Next(256) : random.Next(20));
                break;
        }

        return damaged;
    }

    private static void Commit(EntityStore store, RecordType type, byte[] payload, byte version = 1)
    {
        CommandBatch batch = new();
        batch.Begin().Write(payload);
        batch.End(type, version);
        store.Store.Commit(batch);
    }
}

using Persistence.Configuration;
using Persistence.KeyValue;
using Persistence.Serialization;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>
/// A small store made with a fixed clock and fixed random numbers, byte for byte as version 1 wrote it. Files of a shipped
/// version never change: a new version gets new golden files, and must still open these.
/// </summary>
public sealed class GoldenStoreTests
{
    private static readonly GoldenFiles s_golden = new("Engine");
    private const string State = "answer=42;name=golden;";
    private static readonly StoreOptions Options = SampleStore.KeepLog with { Compress = false };

    public static TheoryData<string, string> Files => new()
    {
        { "ROOT", "root" },
        { "wal/0000000001.wal", "segment-first" },
        { "wal/0000000002.wal", "segment-second" },
        { "checkpoints/0000000001.full", "checkpoint" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_is_byte_for_byte_what_version_1_wrote(string path, string golden) =>
        Assert.Equal(s_golden.Read(golden), HexDump.Write(Make()[path]));

    [Fact]
    public void The_files_of_version_1_are_all_there_are()
    {
        StoreImage image = Make();
        Assert.Equal(Files.Select(row => row.Data.Item1).Append("LOCK").Append("OWNER").Order(StringComparer.Ordinal), image.Paths);
        Assert.Empty(image["LOCK"]);
    }

    [Fact]
    public void A_store_of_version_1_opens_with_its_state_its_history_and_its_checkpoint()
    {
        SimulatedFileSystem files = s_golden.OpenStore(Files);
        using (TestStore reader = TestStore.OpenReadOnly(files))
        {
            Assert.True(reader.Store.RecoveryReport.WasClean);
            Assert.Equal(1, reader.Store.RecoveryReport.CheckpointId);
            Assert.Equal(State, Dump(reader));
            Assert.Equal(
                "KeyValue/1 KeyValue/1 KeyValue/1 KeyValue/2 Application/1 Engine/1 KeyValue/1",
                string.Join(' ', reader.Store.ReadLog().Select(entry => $"{entry.Type.Model}/{entry.Type.Kind}")));
            Assert.Equal("first", Assert.Single(reader.Store.GetCheckpoints()).Name);
        }

        using TestStore store = TestStore.Open(files, Options);
        Assert.Equal(State, Dump(store));
        Assert.Empty(store.Store.RecoveryReport.Findings);
    }

    [Fact]
    public void Every_byte_of_a_dump_comes_back()
    {
        byte[] bytes = new byte[1000];
        bytes[0] = 1;
        bytes[500] = 0xAB;
        bytes[999] = 0xFF;
        Assert.Equal(bytes, HexDump.Read(HexDump.Write(bytes)));
    }

    private static StoreImage Make()
    {
        SimulatedFileSystem files = new();
        ManualClock clock = new();
        using TestStore store = TestStore.Create(TestStore.DeterministicHostFor(files, clock: clock), Options);
        store.Set("name", "silver");
        clock.Advance(TimeSpan.FromSeconds(1));
        KeyValueBatch batch = new();
        batch.Set("name", TestStore.Encode("golden"));
        batch.Set("gone", [0xC0]);
        batch.Delete("gone");
        store.KeyValue.Commit(batch);
        store.Store.AppendRecord("note", TestStore.Encode("a record"));
        store.Store.TakeCheckpoint("first");
        store.Store.RotateLog();
        store.KeyValue.Set("answer", [42]);
        store.Store.Close();
        return StoreImage.Of(files.CrashImage(CrashImageKind.DropPending));
    }

    private static string Dump(TestStore store) => string.Concat(store.KeyValue.FindByPrefix().Select(item =>
        item.Key == "answer" ? $"answer={new MessagePackReader(item.Value.Span).ReadInt64()};" : $"{item.Key}={TestStore.Decode(item.Value)};"));
}

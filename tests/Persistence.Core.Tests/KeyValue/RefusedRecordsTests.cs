using Persistence.Diagnostics;
using Persistence.KeyValue;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.KeyValue;

/// <summary>Records that a caller of the engine can make and that replay would not take: refused before they are in the log.</summary>
public sealed class RefusedRecordsTests
{
    private static readonly RecordType Write = new(StateModelId.KeyValue, 1);
    private static readonly RecordType Delete = new(StateModelId.KeyValue, 2);

    private static readonly Dictionary<string, (RecordType Type, byte Version, string Key, byte[] Value, StoreError Error)> Records = new()
    {
        ["kind 9"] = (new RecordType(StateModelId.KeyValue, 9), 1, "k", TestStore.Encode("v"), StoreError.UnsupportedFormatVersion),
        ["version 2"] = (Write, 2, "k", TestStore.Encode("v"), StoreError.UnsupportedFormatVersion),
        ["an empty key"] = (Write, 1, "", TestStore.Encode("v"), StoreError.MalformedData),
        ["an empty key to delete"] = (Delete, 1, "", [], StoreError.MalformedData),
        ["a key too long"] = (Write, 1, new string('k', KeyValueBatch.KeyBytesMax + 1), TestStore.Encode("v"), StoreError.MalformedData),
        ["a key too long in bytes"] = (Write, 1, new string('\u20AC', KeyValueBatch.KeyBytesMax / 2), TestStore.Encode("v"), StoreError.MalformedData),
        ["no value"] = (Write, 1, "k", [], StoreError.MalformedData),
        ["bytes behind the value"] = (Write, 1, "k", [.. TestStore.Encode("v"), 1], StoreError.MalformedData),
        ["bytes behind a deleted key"] = (Delete, 1, "k", [1], StoreError.MalformedData),
        ["application record version"] = (RecordType.ApplicationRecord, 9, "k", TestStore.Encode("v"), StoreError.UnsupportedFormatVersion),
    };

    public static TheoryData<string> Names => [.. Records.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_replay_would_not_take_is_refused_and_not_logged(string name)
    {
        SimulatedFileSystem files = new();
        using (TestStore store = TestStore.Create(files))
        {
            store.Set("a", "1");
            CommandBatch batch = new();
            AddGood(batch, "b");
            Add(batch, name);
            StoreException refused = Assert.ThrowsAny<StoreException>(() => store.Store.Commit(batch));
            Assert.Equal(Records[name].Error, refused.Error);
            Assert.Null(store.Store.GetStatus().Fault);
            Assert.Single(store.Store.ReadLog());
            store.Set("c", "3");
        }

        using TestStore again = TestStore.Open(files);
        Assert.Equal("a=1;c=3;", again.Dump());
    }

    private static void AddGood(CommandBatch batch, string key)
    {
        new MessagePackWriter(batch.Begin()).WriteString(key);
        batch.End(Delete, version: 1);
    }

    private static void Add(CommandBatch batch, string name)
    {
        (RecordType type, byte version, string key, byte[] value, _) = Records[name];
        MessagePackWriter payload = new(batch.Begin());
        payload.WriteString(key);
        payload.WriteRaw(value);
        batch.End(type, version);
    }
}

using System.Text;
using Persistence.Configuration;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Platform;
using Persistence.Recovery;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.Tests.Engine;

/// <summary>A store on a simulated file system, with small segments and, unless asked for, nothing in the background.</summary>
internal sealed class TestStore : IDisposable
{
    public static readonly StoreOptions SmallOptions = new()
    {
        SegmentBytes = 64 << 10,
        SectorBytes = 512,
        SpareSegments = 0,
        MarkerDelayMs = 0,
        CheckpointLogBytes = 0,
        LogRetainBytes = 0,
        CheckpointCloseBytes = long.MaxValue,
        ReserveBallastBytes = 0,
    };

    private TestStore(StoreHost host, StoreOptions? options, RecoveryMode mode, bool readOnly, RecoveryTarget? target = null)
    {
        Files = host.Files;
        KeyValue = new KeyValueState();
        Store = readOnly
            ? PersistenceStore.OpenReadOnly(host, [KeyValue], mode, target: target)
            : PersistenceStore.Open(host, options ?? SmallOptions, [KeyValue], mode, target: target);
    }

    public IFileSystem Files { get; }

    public PersistenceStore Store { get; }

    public KeyValueState KeyValue { get; }

    public static StoreHost HostFor(IFileSystem files, string bootId = "boot-1") => new(
        files, SystemScheduler.Instance, TimeProvider.System, SystemRandomSource.Instance, new ProcessIdentity(42, DateTimeOffset.UnixEpoch, bootId, "test-host"));

    /// <summary>A host that does the same in every run: a clock that stands still and random numbers from a seed.</summary>
    public static StoreHost DeterministicHostFor(IFileSystem files, ulong seed = 1, TimeProvider? clock = null, string bootId = "boot-1") => new(
        files, SystemScheduler.Instance, clock ?? new ManualClock(), new SeededRandom(seed), new ProcessIdentity(42, DateTimeOffset.UnixEpoch, bootId, "test-host"));

    public static TestStore Create(IFileSystem? files = null, StoreOptions? options = null) => Create(HostFor(files ?? new SimulatedFileSystem()), options);

    public static TestStore Create(StoreHost host, StoreOptions? options = null)
    {
        PersistenceStore.Create(host, options ?? SmallOptions);
        return Open(host, options);
    }

    public static TestStore Open(IFileSystem files, StoreOptions? options = null, RecoveryMode mode = RecoveryMode.Strict, string bootId = "boot-1", RecoveryTarget? target = null) =>
        Open(HostFor(files, bootId), options, mode, target);

    public static TestStore Open(StoreHost host, StoreOptions? options = null, RecoveryMode mode = RecoveryMode.Strict, RecoveryTarget? target = null) =>
        new(host, options, mode, readOnly: false, target);

    public static TestStore OpenReadOnly(IFileSystem files, RecoveryMode mode = RecoveryMode.Strict, RecoveryTarget? target = null) =>
        new(HostFor(files), null, mode, readOnly: true, target);

    /// <summary>The value as a MessagePack string.</summary>
    public static byte[] Encode(string value)
    {
        GrowableBuffer buffer = new(1 << 26);
        new MessagePackWriter(buffer).WriteString(value);
        return buffer.WrittenSpan.ToArray();
    }

    public static string Decode(ReadOnlyMemory<byte> value) => new MessagePackReader(value.Span).ReadString();

    public CommitResult Set(string key, string value) => KeyValue.Set(key, Encode(value));

    public string? Get(string key) => KeyValue.Find(key) is KeyValueItem item ? Decode(item.Value) : null;

    /// <summary>The whole state as text, for comparing.</summary>
    public string Dump()
    {
        StringBuilder text = new();
        foreach (KeyValueItem item in KeyValue.FindByPrefix())
            text.Append(item.Key).Append('=').Append(Decode(item.Value)).Append(';');
        return text.ToString();
    }

    public void Dispose() => Store.Dispose();
}

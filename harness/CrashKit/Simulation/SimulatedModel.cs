using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Worker;
using System.Text;

namespace Persistence.CrashKit.Simulation;

/// <summary>What a store must hold after each of a run's operations: the bare definition, in memory.</summary>
internal sealed class SimulatedModel
{
    private readonly Dictionary<string, ulong> _items = new(StringComparer.Ordinal);
    private ulong _itemsDigest;
    private ulong _records;

    /// <summary>What it holds now.</summary>
    public StateDigest Digest => new(_itemsDigest, _records);

    public void Apply(PlannedOperation operation)
    {
        foreach (KeyWrite write in operation.Writes)
            Apply(write);
        if (operation.Record is string record)
            _records = StateDigest.Append(_records, ValueText.Encode(record));
    }

    private void Apply(KeyWrite write)
    {
        if (_items.Remove(write.Key, out ulong before))
            _itemsDigest -= before;
        if (write.Value is null)
            return;
        ulong item = StateDigest.OfItem(Encoding.UTF8.GetBytes(write.Key), ValueText.Encode(write.Value));
        _items.Add(write.Key, item);
        _itemsDigest += item;
    }
}

using Persistence.KeyValue;
using Persistence.State;
using Persistence.Tests.Engine;

namespace Persistence.Tests.Combinations;

/// <summary>A snapshot that is held while the store goes on, and what it has to show.</summary>
internal sealed class HeldSnapshot(Snapshot snapshot, KeyValueState items, Moment moment)
{
    public void Require()
    {
        foreach (KeyValueItem item in items.At(snapshot).FindByPrefix())
            CombinationException.Require(moment.State.GetValueOrDefault(item.Key) == TestStore.Decode(item.Value), $"A snapshot of {moment} shows another '{item.Key}'.");
        CombinationException.Require(items.At(snapshot).Count == moment.State.Count, $"A snapshot of {moment} shows {items.At(snapshot).Count} keys.");
    }

    public void Release() => snapshot.Dispose();
}

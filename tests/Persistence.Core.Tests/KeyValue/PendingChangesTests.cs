using Persistence.KeyValue;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.KeyValue;

/// <summary>
/// What is sequenced and not applied is remembered for previous values. It was forgotten only when the log fell idle: under
/// sustained load by several writers that never happened, and the memory grew with every key ever touched.
/// </summary>
public sealed class PendingChangesTests
{
    [Fact]
    public async Task Nothing_is_remembered_of_changes_that_are_applied()
    {
        using TestStore store = TestStore.Create();
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i =>
        {
            KeyValueBatch batch = new();
            batch.Set($"key-{i % 200}", TestStore.Encode($"{i}"));
            batch.Delete($"other-{i}");
            return store.KeyValue.CommitAsync(batch).AsTask();
        }));
        Assert.Equal(0, store.KeyValue.PendingCount);
        Assert.Equal(200, store.KeyValue.Count);
    }
}

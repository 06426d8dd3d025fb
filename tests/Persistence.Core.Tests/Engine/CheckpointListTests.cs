using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>The list of checkpoints while new ones take the place of old ones.</summary>
public sealed class CheckpointListTests
{
    private static readonly StoreOptions Options = TestStore.SmallOptions with { CheckpointsRetained = 1 };

    [Fact]
    public void A_checkpoint_replaced_while_it_is_listed_gives_its_place_to_the_new_one()
    {
        using OperationBlocker disk = new();
        TestStore store = disk.Own(TestStore.Create(disk.Files, Options));
        store.Set("a", "1");
        store.Store.TakeCheckpoint();
        OperationStop opening = disk.StopNext(operation => operation.Kind == StorageOperationKind.Open && operation.Path == "checkpoints/0000000001.full");
        IReadOnlyList<CheckpointInfo> found = [];
        BackgroundCall listing = new("listing", () => found = store.Store.GetCheckpoints());
        opening.WaitUntilReached();
        store.Store.TakeCheckpoint();
        opening.Release();
        listing.Succeeded();
        Assert.Equal(2, Assert.Single(found).Id);
    }

    [Fact]
    public void A_handle_that_only_reads_does_not_list_what_was_replaced_since_it_was_opened()
    {
        using TestStore store = TestStore.Create(options: Options with { CheckpointsRetained = 2 });
        store.Set("a", "1");
        store.Store.TakeCheckpoint();
        store.Store.TakeCheckpoint();
        using TestStore reader = TestStore.OpenReadOnly(store.Files);
        Assert.Equal([1, 2], reader.Store.GetCheckpoints().Select(checkpoint => checkpoint.Id));
        store.Store.TakeCheckpoint();
        Assert.Equal([2], reader.Store.GetCheckpoints().Select(checkpoint => checkpoint.Id));
        store.Store.TakeCheckpoint();
        Assert.Empty(reader.Store.GetCheckpoints());
        Assert.Equal([3, 4], store.Store.GetCheckpoints().Select(checkpoint => checkpoint.Id));
    }
}

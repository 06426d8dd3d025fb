using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Storage.Spread;

public sealed class SpreadContractTests : FileSystemContract
{
    protected override IFileSystem Files { get; } = Make();

    [Fact]
    public void What_was_left_in_the_staging_of_any_place_is_listed_once_and_can_be_removed()
    {
        SimulatedFileSystem main = new();
        SimulatedFileSystem elsewhere = new();
        SpreadFileSystem files = Make(main, elsewhere);
        Leave(main, "both", "here.wal");
        Leave(elsewhere, "both", "there");
        Assert.Equal(["both", "here.wal", "there"], files.List("staging").Select(entry => entry.Name));
        foreach (FileEntry left in files.List("staging"))
            files.Delete($"staging/{left.Name}");
        Assert.Empty(main.List("staging"));
        Assert.Empty(elsewhere.List("staging"));
        Assert.Equal(StorageFault.NotFound, Assert.Throws<StorageException>(() => files.Delete("staging/there")).Fault);
    }

    private static void Leave(SimulatedFileSystem place, params string[] names)
    {
        place.CreateDirectory("staging");
        foreach (string name in names)
            place.Open($"staging/{name}", FileIntent.CreateNew).Dispose();
    }

    private static SpreadFileSystem Make() => Make(new SimulatedFileSystem(), new SimulatedFileSystem());

    private static SpreadFileSystem Make(SimulatedFileSystem main, SimulatedFileSystem elsewhere)
    {
        SpreadFileSystem files = new(main, new Dictionary<string, IFileSystem> { ["wal"] = elsewhere, ["archive"] = elsewhere }, static name => name.EndsWith(".wal", StringComparison.Ordinal) ? "wal" : null);
        return files;
    }
}

using Persistence.CrashKit.Worker;
using Xunit;

namespace Persistence.CrashKit.Tests.Worker;

public sealed class InventoryTests
{
    [Fact]
    public void Packages_and_their_versions_are_read_paragraph_by_paragraph()
    {
        Dictionary<string, string> found = [];
        Inventory.AddPackages(["Package: a", "Status: installed", "Version: 1.0", "", "Package: b", "Description: x", " Version: 9", "Version: 2:3"], found);
        Assert.Equal(new Dictionary<string, string> { ["a"] = "1.0", ["b"] = "2:3" }, found);
    }

    [Fact]
    public void There_is_always_something_to_record() => Assert.NotEmpty(Inventory.Read());
}

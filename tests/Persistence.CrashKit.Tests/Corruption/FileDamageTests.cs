using Persistence.CrashKit.Corruption;
using Persistence.CrashKit.Worker;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.CrashKit.Tests.Corruption;

/// <summary>Damage in bytes, on a disk and as a number.</summary>
public sealed class FileDamageTests
{
    private static readonly byte[] Before = [1, 2, 3, 4, 5];

    public static TheoryData<string> Kinds => ["patch", "patch behind the end", "cut", "replaced", "longer", "emptied", "new", "deleted"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_it_leaves_on_a_disk_is_what_it_says(string kind)
    {
        FileDamage damage = Make(kind);
        SimulatedFileSystem disk = Disk().ToDisk();
        damage.Apply(disk);
        Assert.Equal(damage.Apply(kind == "new" ? null : Before), StoreFiles.TryRead(disk, damage.Path));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Whatever_led_to_them_equal_files_differ_alike(string kind)
    {
        FileDamage damage = Make(kind);
        byte[]? before = kind == "new" ? null : Before;
        if (damage.Apply(before) is not byte[] after)
            return;
        ulong difference = damage.HashDifference(before);
        Assert.NotEqual(0UL, difference);
        Assert.Equal(difference, FileDamage.Replace(damage.Path, after).HashDifference(before));
        after = [.. after, 9];
        Assert.NotEqual(difference, FileDamage.Replace(damage.Path, after).HashDifference(before));
    }

    [Fact]
    public void What_changes_nothing_is_no_damage()
    {
        DiskImage image = Disk();
        Assert.Equal(0UL, new Damage("x", "x", FileDamage.Patch("file", 1, [2, 3])).HashDifference(image));
        Assert.Equal(0UL, new Damage("x", "x", FileDamage.Replace("file", [.. Before])).HashDifference(image));
        Assert.Equal(0UL, new Damage("x", "x", FileDamage.Delete("none")).HashDifference(image));
        Assert.NotEqual(0UL, new Damage("x", "x", FileDamage.Delete("file")).HashDifference(image));
        Assert.NotEqual(0UL, new Damage("x", "x", FileDamage.Replace("none", [])).HashDifference(image));
    }

    private static FileDamage Make(string kind) => kind switch
    {
        "patch" => FileDamage.Patch("file", 1, [2, 0, 4]),
        "patch behind the end" => FileDamage.Patch("file", 5, [6, 0]),
        "cut" => FileDamage.Cut("file", 3),
        "replaced" => FileDamage.Replace("file", [5, 4, 3, 2, 1]),
        "longer" => FileDamage.Replace("file", [1, 2, 3, 4, 5, 6, 7]),
        "emptied" => FileDamage.Cut("file", 0),
        "new" => FileDamage.Replace("other", [1]),
        _ => FileDamage.Delete("file"),
    };

    private static DiskImage Disk()
    {
        SimulatedFileSystem disk = new();
        using (IFile file = disk.Open("file", FileIntent.CreateNew))
            file.Write(Before, 0);
        return DiskImage.Of(disk);
    }
}

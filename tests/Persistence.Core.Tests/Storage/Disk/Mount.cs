using Xunit;

namespace Persistence.Tests.Storage.Disk;

/// <summary>A file system mounted on a directory for one test.</summary>
internal sealed class Mount : IDisposable
{
    private readonly string directory;

    private Mount(string directory) => this.directory = directory;

    /// <summary>Mounts a memory file system of a limited size; skips the test where that is not allowed.</summary>
    public static Mount Small(string directory, string size) =>
        Try(directory, "-t", "tmpfs", "-o", $"size={size}", "tmpfs", directory);

    /// <summary>Makes a directory read-only; skips the test where that is not allowed.</summary>
    public static Mount ReadOnly(string directory)
    {
        Mount mount = Try(directory, "--bind", directory, directory);
        (int exitCode, string output) = Command.Run("mount", "-o", "remount,ro,bind", directory);
        if (exitCode == 0)
            return mount;
        mount.Dispose();
        Assert.Skip($"Cannot remount read-only here: {output.Trim()}");
        return mount;
    }

    public void Dispose() => Assert.Equal((0, ""), Command.Run("umount", directory));

    private static Mount Try(string directory, params string[] arguments)
    {
        Command.Require("mount", "umount");
        (int exitCode, string output) = Command.Run("mount", arguments);
        Assert.SkipUnless(exitCode == 0, $"Cannot mount here: {output.Trim()}");
        return new Mount(directory);
    }
}

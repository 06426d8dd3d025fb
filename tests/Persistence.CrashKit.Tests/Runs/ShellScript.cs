using Persistence.CrashKit.Processes;
using Persistence.Tests;
using Xunit;

namespace Persistence.CrashKit.Tests.Runs;

/// <summary>Programs of a few lines, and whether they still run.</summary>
internal static class ShellScript
{
    /// <summary>Where there is no shell the test is skipped.</summary>
    public static WorkerCommand Write(TestDirectory directory, string name, string text)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The program is a shell script.");
        string path = directory.Combine(name);
        File.WriteAllText(path, text);
        return new WorkerCommand("sh", [path], new Dictionary<string, string>());
    }

    /// <summary>No process whose command line has a directory's name in it is left; those just killed may need a moment.</summary>
    public static void AssertNoneRuns(TestDirectory directory)
    {
        if (!OperatingSystem.IsLinux())
            return;
        SpinWait.SpinUntil(() => FindRunning(directory.Path).Count == 0, TimeSpan.FromSeconds(30));
        Assert.Equal([], FindRunning(directory.Path));
    }

    private static List<string> FindRunning(string mentioned)
    {
        List<string> found = [];
        foreach (string process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            try
            {
                string command = File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ');
                if (command.Contains(mentioned, StringComparison.Ordinal))
                    found.Add(command);
            }
            catch (IOException)
            {
                // It ended as it was looked at.
            }
        }

        return found;
    }
}

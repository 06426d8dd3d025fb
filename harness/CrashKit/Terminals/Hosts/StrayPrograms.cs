using Persistence.CrashKit.Processes;

namespace Persistence.CrashKit.Terminals.Hosts;

/// <summary>Programs that outlive the hosts of a store: each inherits a variable that names the store.</summary>
internal static class StrayPrograms
{
    private const string Variable = "CRASHKIT_DIR";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>No host of the store lives: waits until none of their programs does, and ends those that still do.</summary>
    /// <param name="directory">The store.</param>
    /// <param name="timeout">How long they may take.</param>
    /// <returns>How many had to be ended.</returns>
    public static int Bury(string directory, TimeSpan timeout)
    {
        Deadline deadline = Deadline.After(timeout);
        IReadOnlyList<int> strays = Find(directory);
        while (strays.Count > 0 && deadline.Left > TimeSpan.Zero)
        {
            Thread.Sleep(Pause);
            strays = Find(directory);
        }

        foreach (int id in strays)
            ProcessSignals.Kill(id);
        return strays.Count;
    }

    /// <summary>Whether a process was started by a host of a store.</summary>
    public static bool IsOf(string directory, int id) => ProcessTable.HasVariable(id, $"{Variable}={directory}");

    private static IReadOnlyList<int> Find(string directory) => ProcessTable.FindByVariable($"{Variable}={directory}");
}

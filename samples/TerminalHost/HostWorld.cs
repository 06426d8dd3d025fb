using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Terminals;
using Persistence.Terminals.Pty;

namespace Persistence.Samples.TerminalHost;

/// <summary>The outside world of a store and of its panes, for a directory: the operating system's files, threads, clock and pseudo-terminals. Copy this file to begin a host of your own.</summary>
internal static class HostWorld
{
    /// <summary>The world of the store in a directory.</summary>
    /// <param name="directory">Its path.</param>
    /// <param name="creates">Whether directory and store are created when they are missing; a creation that was cut short is completed.</param>
    /// <exception cref="StoreException">StoreNotFound, or why it could not be created.</exception>
    public static StoreHost ForStore(string directory, bool creates)
    {
        if (!creates)
            return StoreHost.ForDirectory(directory);
        StoreHost world = StoreHost.ForNewDirectory(directory);
        try
        {
            PersistenceStore.Create(world, ConfigurationFile.Load(world).Options);
        }
        catch (StoreException e) when (e.Error == StoreError.StoreExists)
        {
            // Then there is nothing to create.
        }

        return world;
    }

    /// <summary>The world of the panes of a store. What runs in them inherits this process's environment.</summary>
    public static PaneHostContext ForPanes(StoreHost world) => new()
    {
        Ptys = PtySystem.Create(world.Scheduler, world.Clock),
        Scheduler = world.Scheduler,
        Clock = world.Clock,
        Process = world.Process,
        IsProcessAlive = world.IsProcessAlive,
        Environment = world.Environment,
        IgnoresCaseOfVariables = OperatingSystem.IsWindows(),
        CurrentDirectory = Environment.CurrentDirectory,
    };
}

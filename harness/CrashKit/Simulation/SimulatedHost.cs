using Persistence.Engine;
using Persistence.Platform;
using Persistence.Storage;

namespace Persistence.CrashKit.Simulation;

/// <summary>A store's outside world that does the same in every run.</summary>
internal static class SimulatedHost
{
    /// <summary>A host for one thread: whatever would start another one or wait for ever fails.</summary>
    /// <param name="files">Its disk.</param>
    /// <param name="seed">Where salts and ids come from.</param>
    /// <param name="boot">Which start of the machine this is: after a power cut another one, after a kill the same.</param>
    public static StoreHost CreateInline(IFileSystem files, long seed, int boot) => Create(files, InlineScheduler.Instance, new SimulatedClock(), seed, boot);

    public static StoreHost Create(IFileSystem files, IScheduler scheduler, TimeProvider clock, long seed, int boot) =>
        On(files, new StoreHost(files, scheduler, clock, new SimulatedRandom(seed), new ProcessIdentity(boot + 1, DateTimeOffset.UnixEpoch, $"boot-{boot}", "simulation")));

    /// <summary>The same world with another disk. Directories elsewhere lie on the same one.</summary>
    public static StoreHost On(IFileSystem files, StoreHost world) => world with { Files = new SimulatedPlace.Main(files), Elsewhere = (path, _) => new SimulatedPlace(files, path) };
}

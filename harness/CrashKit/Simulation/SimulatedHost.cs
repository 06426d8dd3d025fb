using Persistence.Engine;
using Persistence.Platform;
using Persistence.Storage;

namespace Persistence.CrashKit.Simulation;

/// <summary>A store's outside world that does the same in every run.</summary>
internal static class SimulatedHost
{
    /// <param name="files">Its disk.</param>
    /// <param name="seed">Where salts and ids come from.</param>
    /// <param name="boot">Which start of the machine this is: after a power cut another one.</param>
    public static StoreHost Create(IFileSystem files, long seed, int boot) => new(
        files, InlineScheduler.Instance, new SimulatedClock(), new SimulatedRandom(seed), new ProcessIdentity(boot + 1, DateTimeOffset.UnixEpoch, $"boot-{boot}", "simulation"));
}

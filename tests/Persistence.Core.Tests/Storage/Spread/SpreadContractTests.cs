using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.Tests.Storage.Spread;

public sealed class SpreadContractTests : FileSystemContract
{
    protected override IFileSystem Files { get; } = Make();

    private static SpreadFileSystem Make()
    {
        SimulatedFileSystem elsewhere = new();
        SpreadFileSystem files = new(new SimulatedFileSystem(), new Dictionary<string, IFileSystem> { ["wal"] = elsewhere, ["archive"] = elsewhere }, static name => name.EndsWith(".wal", StringComparison.Ordinal) ? "wal" : null);
        return files;
    }
}

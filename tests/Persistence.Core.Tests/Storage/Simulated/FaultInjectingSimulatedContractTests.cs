using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.Tests.Storage.Simulated;

public sealed class FaultInjectingSimulatedContractTests : FileSystemContract
{
    protected override IFileSystem Files { get; } =
        new FaultInjectingFileSystem(new SimulatedFileSystem(), (in StorageOperation _) => null);
}

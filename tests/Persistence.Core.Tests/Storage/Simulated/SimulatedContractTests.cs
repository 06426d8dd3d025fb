using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.Tests.Storage.Simulated;

public sealed class SimulatedContractTests : FileSystemContract
{
    protected override IFileSystem Files { get; } = new SimulatedFileSystem();
}

namespace Persistence.Storage.Simulated;

/// <summary>The operations that change something, or make a change durable.</summary>
internal enum SimulatedChangeKind
{
    CreateFile,
    CreateDirectory,
    Rename,
    Link,
    Delete,
    SyncDirectory,
    Write,
    SetLength,
    Allocate,
    SyncData,
    Sync,
}

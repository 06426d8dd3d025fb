namespace Persistence.Storage.Simulated;

/// <summary>An operation about to be carried out.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Path">The path concerned, for a rename or link the existing one; empty where there is none.</param>
/// <param name="Ordinal">The how-manieth operation this is on its <see cref="FaultInjectingFileSystem"/>, from 1.</param>
/// <param name="ByteCount">How many bytes are to be written or read, else 0.</param>
public readonly record struct StorageOperation(StorageOperationKind Kind, string Path, long Ordinal, int ByteCount);

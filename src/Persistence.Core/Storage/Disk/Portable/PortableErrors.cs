namespace Persistence.Storage.Disk.Portable;

/// <summary>Errors of the runtime's file classes as the engine's.</summary>
internal static class PortableErrors
{
    /// <summary>Whether an exception is about the world: the caller's mistakes and ours go through as they are.</summary>
    public static bool IsFileError(Exception exception) =>
        exception is IOException or UnauthorizedAccessException
        // Thrown when a file grows beyond what the file system can hold.
        or (ArgumentOutOfRangeException and not { ParamName: "offset" or "length" });

    public static StorageException ToException(IPortableSystem system, Exception exception, string operation, string path) =>
        new(system.ToFault(exception), operation, path, exception.Message.TrimEnd('.'), exception);
}

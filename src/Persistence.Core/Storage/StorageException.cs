using Persistence.Diagnostics;

namespace Persistence.Storage;

/// <summary>A file operation failed. <see cref="StoreException.Error"/> is its public face, <see cref="Fault"/> the exact cause.</summary>
public sealed class StorageException : StoreException
{
    /// <summary>Creates the error for one operation on one path.</summary>
    /// <param name="fault">What the file system answered.</param>
    /// <param name="operation">The operation, in a word or two ("write", "sync directory").</param>
    /// <param name="path">The path inside the store.</param>
    /// <param name="detail">The system's own error text, or null.</param>
    /// <param name="innerException">The cause, or null.</param>
    public StorageException(StorageFault fault, string operation, string path, string? detail = null, Exception? innerException = null)
        : base(ToStoreError(fault), $"Could not {operation} '{path}': {Describe(fault)}{(detail is null ? "." : $" ({detail}).")}", innerException)
    {
        Fault = fault;
        File = path;
    }

    /// <summary>What the file system answered.</summary>
    public StorageFault Fault { get; }

    private static StoreError ToStoreError(StorageFault fault) => fault switch
    {
        StorageFault.DiskFull => StoreError.DiskFull,
        StorageFault.ReadOnly => StoreError.ReadOnlyFileSystem,
        StorageFault.AccessDenied or StorageFault.LinkRefused => StoreError.AccessDenied,
        StorageFault.TooManyOpenFiles => StoreError.TooManyOpenFiles,
        StorageFault.Locked => StoreError.StoreLocked,
        _ => StoreError.StorageFailed,
    };

    private static string Describe(StorageFault fault) => fault switch
    {
        StorageFault.NotFound => "it does not exist",
        StorageFault.AlreadyExists => "it exists already",
        StorageFault.DiskFull => "there is no space left",
        StorageFault.ReadOnly => "the file system is read-only",
        StorageFault.AccessDenied => "access was denied",
        StorageFault.LinkRefused => "it is a link, and links inside a store are not followed",
        StorageFault.TooManyOpenFiles => "too many files are open",
        StorageFault.Locked => "it is locked by another owner",
        StorageFault.WrongKind => "a directory stands where a file belongs, or a file where a directory belongs",
        _ => "the device or the file system failed",
    };
}

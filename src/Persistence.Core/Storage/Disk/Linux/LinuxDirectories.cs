using System.Collections.Concurrent;

namespace Persistence.Storage.Disk.Linux;

/// <summary>
/// Descriptors of the store's directory and of the directories in it. All names are looked up from these, so that nothing
/// that happens to the path above the store can lead an open store elsewhere.
/// </summary>
/// <remarks>
/// A directory's descriptor is kept from its first use on. It is dropped when the directory has been removed meanwhile; a
/// directory that was not there is never remembered.
/// </remarks>
internal sealed class LinuxDirectories(DescriptorHandle root) : IDisposable
{
    private static readonly int Flags =
        LinuxConstants.ReadOnly | LinuxConstants.Directory | LinuxConstants.NoFollow | LinuxConstants.CloseOnExec;

    private readonly ConcurrentDictionary<string, DescriptorHandle> known = new(StringComparer.Ordinal);

    /// <summary>The store's own directory.</summary>
    public DescriptorHandle Root
    {
        get
        {
            ObjectDisposedException.ThrowIf(root.IsClosed, typeof(DiskFileSystem));
            return root;
        }
    }

    /// <summary>The descriptor of a directory of the store, or of the store's own for the empty name.</summary>
    /// <param name="name">The directory's name.</param>
    /// <param name="operation">What it is needed for, for the error.</param>
    /// <param name="path">The path concerned, for the error.</param>
    public DescriptorHandle Get(string name, string operation, string path) =>
        Find(name, operation, path) ?? throw UnixErrors.ToException(UnixErrors.NotFound, operation, path);

    /// <summary>The same, or null when there is no such directory.</summary>
    public DescriptorHandle? Find(string name, string operation, string path)
    {
        if (name.Length == 0)
            return Root;
        if (known.TryGetValue(name, out DescriptorHandle? found) && !root.IsClosed && LinuxCalls.Status(found, operation, path).NameCount > 0)
            return found;
        return Open(name, operation, path);
    }

    public void Dispose()
    {
        root.Dispose();
        foreach (DescriptorHandle handle in known.Values)
            handle.Dispose();
    }

    private DescriptorHandle? Open(string name, string operation, string path)
    {
        DescriptorHandle opened = LinuxCalls.OpenAt(Root, name, Flags, 0, out int errno);
        if (errno == UnixErrors.NotFound)
            return null;
        if (errno != 0)
            throw UnixErrors.ToException(Fault(name, errno), errno, operation, path);
        // One that this replaces is left to its finalizer: another thread may be about to use it.
        return known[name] = opened;
    }

    // For a link the kernel answers "not a directory", since it was told both not to follow and to open directories only.
    private StorageFault Fault(string name, int errno) =>
        errno == UnixErrors.NotADirectory && LinuxCalls.TryStatusAt(Root, name, out FileStatus status, out _) && status.IsLink
            ? StorageFault.LinkRefused
            : UnixErrors.ToFault(errno);
}

using System.Runtime.InteropServices;

namespace Persistence.Storage.Disk.Linux;

/// <summary>Reads the names in a directory.</summary>
internal static unsafe class LinuxDirectoryList
{
    /// <summary>All names but <c>.</c> and <c>..</c>, in ordinal order.</summary>
    public static IReadOnlyList<FileEntry> Read(DescriptorHandle directory, string path)
    {
        nint stream = OpenStream(directory, path);
        if (stream == 0)
            return [];
        try
        {
            List<FileEntry> entries = [];
            while (Next(stream, path) is var record && record != null)
                Add(entries, directory, record);
            entries.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
            return entries;
        }
        finally
        {
            _ = LibC.CloseDirectory(stream);
        }
    }

    // A descriptor of its own, because the position in the directory belongs to the open file and several threads may list.
    private static nint OpenStream(DescriptorHandle directory, string path)
    {
        int flags = LinuxConstants.ReadOnly | LinuxConstants.Directory | LinuxConstants.CloseOnExec;
        int descriptor;
        while ((descriptor = LibC.OpenAt(directory, ".", flags, 0)) < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno == UnixErrors.NotFound)
                return 0;
            if (errno != UnixErrors.Interrupted)
                throw UnixErrors.ToException(errno, "list", path);
        }
        nint stream = LibC.FdOpenDirectory(descriptor);
        if (stream != 0)
            return stream;
        int cause = Marshal.GetLastPInvokeError();
        _ = LibC.Close(descriptor);
        throw UnixErrors.ToException(cause, "list", path);
    }

    private static DirectoryRecord* Next(nint stream, string path)
    {
        DirectoryRecord* record = LibC.ReadDirectory(stream);
        // The call is entered with errno zero; only an error changes it, the end does not.
        int errno = Marshal.GetLastPInvokeError();
        return record == null && errno != 0 ? throw UnixErrors.ToException(errno, "list", path) : record;
    }

    private static void Add(List<FileEntry> entries, DescriptorHandle directory, DirectoryRecord* record)
    {
        string name = Marshal.PtrToStringUTF8((nint)(&record->FirstNameByte))!;
        if (name is "." or "..")
            return;
        if (KindOf(directory, name, record->Kind) is { } kind)
            entries.Add(new FileEntry(name, kind));
    }

    private static FileEntryKind? KindOf(DescriptorHandle directory, string name, byte kind)
    {
        if (!StorePath.IsName(name))
            return FileEntryKind.Other;
        return kind switch
        {
            DirectoryRecord.KindRegular => FileEntryKind.File,
            DirectoryRecord.KindDirectory => FileEntryKind.Directory,
            DirectoryRecord.KindUnknown => AskForKind(directory, name),
            _ => FileEntryKind.Other,
        };
    }

    // Some file systems do not keep the kind with the name. A name that has gone meanwhile is left out.
    private static FileEntryKind? AskForKind(DescriptorHandle directory, string name)
    {
        if (!LinuxCalls.TryStatusAt(directory, name, out FileStatus status, out int errno))
            return errno == UnixErrors.NotFound ? null : FileEntryKind.Other;
        return status.IsRegular ? FileEntryKind.File : status.IsDirectory ? FileEntryKind.Directory : FileEntryKind.Other;
    }
}

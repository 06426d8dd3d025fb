using System.Globalization;
using System.Text;
using Persistence.Platform;
using Persistence.Storage;

namespace Persistence.Locking;

/// <summary>Who holds, or last held, a store for writing: the content of OWNER. Information only; the lock itself is the operating system's.</summary>
/// <param name="ProcessId">Process id.</param>
/// <param name="StartTime">When that process started.</param>
/// <param name="BootId">The machine's boot id, or empty.</param>
/// <param name="HostName">The machine.</param>
/// <param name="LockId">A random UUID per acquisition.</param>
public sealed record LockOwner(int ProcessId, DateTimeOffset StartTime, string BootId, string HostName, Guid LockId)
{
    /// <summary>The file's name in the store.</summary>
    internal const string FileName = "OWNER";

    private const int BytesMax = 4096;

    internal static LockOwner Create(ProcessIdentity process, IRandomSource random) =>
        new(process.ProcessId, process.StartTime, process.BootId, process.HostName, random.NextGuid());

    /// <summary>Reads OWNER; null when it is missing, unreadable or not understood.</summary>
    public static LockOwner? TryRead(IFileSystem files)
    {
        ArgumentNullException.ThrowIfNull(files);
        return TryReadContent(files) is byte[] content ? Parse(Encoding.UTF8.GetString(content)) : null;
    }

    /// <summary>Whether what goes by that name is too long to be a description of an owner: some other file, to be kept.</summary>
    internal static bool IsSomethingElse(IFileSystem files)
    {
        try
        {
            using IFile file = files.Open(FileName, FileIntent.Read);
            return file.GetLength() > BytesMax;
        }
        catch (StorageException)
        {
            return false;
        }
    }

    /// <summary>Writes OWNER. Information only: where there is no space for it, the store can be opened all the same.</summary>
    internal void TryWrite(IFileSystem files) => TryWrite(files, Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"pid={ProcessId}\nstarted={StartTime:O}\nboot={BootId}\nhost={HostName}\nlock={LockId}\n")));

    /// <summary>Puts back what was there before an opening that is refused; null: nothing was.</summary>
    internal static void Restore(IFileSystem files, byte[]? content)
    {
        if (content is null)
            TryDelete(files);
        else
            TryWrite(files, content);
    }

    /// <summary>What OWNER holds, understood or not; null when it is missing or unreadable.</summary>
    internal static byte[]? TryReadContent(IFileSystem files)
    {
        try
        {
            using IFile file = files.Open(FileName, FileIntent.Read);
            byte[] bytes = new byte[(int)Math.Min(file.GetLength(), BytesMax)];
            return bytes[..file.Read(bytes, 0)];
        }
        catch (StorageException)
        {
            return null;
        }
    }

    /// <summary>In this order, so that on a full disk what was there is overwritten where it stands.</summary>
    private static void TryWrite(IFileSystem files, byte[] content)
    {
        try
        {
            using IFile file = files.Open(FileName, FileIntent.OpenOrCreate);
            file.Write(content, 0);
            file.SetLength(content.Length);
        }
        catch (StorageException)
        {
            // What was written is not a whole description, and is read as none.
        }
    }

    /// <summary>Information only: a stale OWNER names a process that no longer holds the lock, and is read with that in mind.</summary>
    internal static void TryDelete(IFileSystem files) => files.TryDelete(FileName);

    private static LockOwner? Parse(string text)
    {
        Dictionary<string, string> fields = [];
        foreach (string line in text.Split('\n'))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                fields[line[..equals]] = line[(equals + 1)..];
        }

        return int.TryParse(fields.GetValueOrDefault("pid"), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
            && DateTimeOffset.TryParse(fields.GetValueOrDefault("started"), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTimeOffset started)
            && Guid.TryParse(fields.GetValueOrDefault("lock"), out Guid lockId)
            ? new LockOwner(pid, started, fields.GetValueOrDefault("boot", ""), fields.GetValueOrDefault("host", ""), lockId)
            : null;
    }
}

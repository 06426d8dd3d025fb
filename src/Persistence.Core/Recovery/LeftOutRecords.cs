using System.Globalization;
using Persistence.State;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Recovery;

/// <summary>Counts what going back leaves out. For people: what cannot be read is not counted, and refuses nothing.</summary>
internal static class LeftOutRecords
{
    /// <summary>Counts the records of the current history above where it parts from another one.</summary>
    /// <param name="files">The store's files.</param>
    /// <param name="current">The current history.</param>
    /// <param name="path">The one that was replayed.</param>
    /// <param name="reached">How far.</param>
    /// <returns>Null when it cannot be told.</returns>
    public static long? TryCount(IFileSystem files, LogPath current, LogPath path, Lsn reached)
    {
        if (current.FindFork(path) is not (int index, Lsn fork))
            return null;
        try
        {
            long count = 0;
            Lsn from = current.Segments[index] == path.Last ? Lsn.Earlier(fork, reached) : fork;
            if (current.Segments.Skip(index).Any(static segment => segment.Archived is not null))
                return null;
            for (; index < current.Segments.Count; index++, from = Lsn.None)
                count += CountIn(files, current.Segments[index].Path, current.Segments[index].Header!, from, current.EndOf(index));
            return count;
        }
        catch (StorageException)
        {
            return null;
        }
    }

    /// <summary>What <see cref="TryCount"/> tells, with its verb: <c>3 records are</c>.</summary>
    public static string Describe(long? count) => count switch
    {
        null => "an unknown number of records is",
        1 => "1 record is",
        _ => $"{count.Value.ToString(CultureInfo.InvariantCulture)} records are",
    };

    private static long CountIn(IFileSystem files, string path, SegmentHeader header, Lsn from, Lsn? end)
    {
        using IFile file = files.Open(path, FileIntent.Read);
        using ReadWindow window = new(file);
        Lsn start = Lsn.Later(from, header.FirstFrameLsn);
        SegmentReader reader = new(window, header, (end ?? header.NextFirstLsn) - header.FirstLsn, start - header.FirstLsn, link: null);
        long count = 0;
        while (!reader.AtLimit && reader.Read() == FrameDefect.None)
            count += reader.Frame.RecordCount;
        return count;
    }
}

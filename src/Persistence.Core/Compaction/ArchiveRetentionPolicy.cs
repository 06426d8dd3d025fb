using Persistence.State;

namespace Persistence.Compaction;

/// <summary>Which archived segments may go: values in, decision out.</summary>
internal static class ArchiveRetentionPolicy
{
    /// <summary>Files to remove, oldest first.</summary>
    /// <param name="files">All files of the archive, oldest first.</param>
    /// <param name="neededFrom">Recovery may need everything from here on, by either slot of ROOT.</param>
    /// <param name="neededSequence">The segment that this lies in. It may have no frame, and end where it is needed from.</param>
    /// <param name="inLog">Sequences of the segments in the log: what it has itself it does not need from here.</param>
    /// <param name="retention">What is kept for reading.</param>
    public static IReadOnlyList<ArchivedSegmentFile> ChooseRemoved(
        IReadOnlyList<ArchivedSegmentFile> files, Lsn neededFrom, long neededSequence, IReadOnlySet<long> inLog, in ArchiveRetention retention)
    {
        long bytes = files.Sum(file => file.StoredBytes);
        List<ArchivedSegmentFile> removed = [];
        foreach (ArchivedSegmentFile file in files)
        {
            bool isNeeded = (file.Name.End > neededFrom || file.Name.Sequence >= neededSequence) && !inLog.Contains(file.Name.Sequence);
            bool tooMuch = (retention.Files > 0 && files.Count - removed.Count > retention.Files) || (retention.Bytes > 0 && bytes > retention.Bytes);
            if (isNeeded || !(tooMuch || file.LastTime < retention.Since))
                break;
            removed.Add(file);
            bytes -= file.StoredBytes;
        }

        return removed;
    }
}

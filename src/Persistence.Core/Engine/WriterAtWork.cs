using Persistence.Locking;
using Persistence.Recovery;

namespace Persistence.Engine;

/// <summary>What is read beside a writer at work: an unfinished write at the end is not what a crash has left.</summary>
internal static class WriterAtWork
{
    /// <summary>Says who writes, instead of a torn tail.</summary>
    public static void Note(List<RecoveryFinding> findings, LockOwner writer)
    {
        findings.RemoveAll(finding => finding.Kind == FindingKind.TornTail);
        findings.Insert(0, new RecoveryFinding(
            FindingKind.WriterActive, FindingSeverity.Information,
            $"Process {writer.ProcessId} has the store open for writing: what it has not flushed yet is not durable."));
    }
}

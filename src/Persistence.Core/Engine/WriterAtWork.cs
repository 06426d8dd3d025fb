using Persistence.Locking;
using Persistence.Recovery;

namespace Persistence.Engine;

/// <summary>What is read beside a writer at work: an unfinished write at the end is not what a crash has left.</summary>
internal static class WriterAtWork
{
    /// <summary>Says who writes, instead of a torn tail or a transaction cut short: what is missing may be about to come.</summary>
    public static void Note(List<RecoveryFinding> findings, LockOwner writer)
    {
        findings.RemoveAll(static finding => finding.Kind is FindingKind.TornTail or FindingKind.TransactionRolledBack);
        findings.Insert(0, new RecoveryFinding(
            FindingKind.WriterActive, FindingSeverity.Information,
            $"Process {writer.ProcessId} has the store open for writing: what it has not flushed yet is not durable."));
    }
}

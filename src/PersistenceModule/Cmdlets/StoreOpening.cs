using Persistence.Configuration;
using Persistence.Recovery;

namespace PersistenceModule;

/// <summary>Opens stores for commands: progress, Ctrl+C, and telling what recovery came across.</summary>
internal static class StoreOpening
{
    /// <summary>Opens for reading; nothing is written.</summary>
    public static WalStore OpenReadOnly(WalCmdlet cmdlet, string directory, ProgressReporter progress, RecoveryMode mode = RecoveryMode.Strict, RecoveryTarget? target = null)
    {
        cmdlet.WriteVerbose($"Opening '{directory}' for reading.");
        WalStore store = WalStore.OpenReadOnly(directory, mode, progress.Report, target);
        Tell(cmdlet, store.Recovery);
        return store;
    }

    /// <summary>Opens for writing, recovering if the last writer did not close the store. Ctrl+C ends a wait for the lock at once.</summary>
    public static WalStore Open(
        WalCmdlet cmdlet, string directory, OptionOverrides given, ProgressReporter progress, RecoveryMode mode, CancellationToken stopping, RecoveryTarget? target = null)
    {
        cmdlet.WriteVerbose($"Opening '{directory}' for writing.");
        WalStore store = WalStore.Open(directory, given, mode, progress.Report, stopping, target);
        Tell(cmdlet, store.Recovery);
        return store;
    }

    /// <summary>Says in the streams what a recovery found and did.</summary>
    public static void Tell(WalCmdlet cmdlet, RecoveryReport report)
    {
        foreach (RecoveryFinding finding in report.Findings)
        {
            if (finding.Severity == FindingSeverity.Information)
                cmdlet.WriteVerbose(finding.Message);
            else
                cmdlet.WriteWarning(finding.Message);
        }

        // A reader's report says what a writer would do; here only what was done counts.
        foreach (string action in report.Applied ? report.Actions : [])
            cmdlet.WriteVerbose(action);
        cmdlet.WriteDebug($"Replayed {report.RecordsReplayed} records from LSN {report.RedoFrom} to {report.EndLsn}; proven durable to {report.ProvenLsn}.");
    }
}

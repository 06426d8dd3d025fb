using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Recovery;

namespace Persistence.Repair;

/// <summary>Makes a store usable that opening refuses. Nothing is deleted, whatever the mode: what is abandoned goes to quarantine, and a salvage leaves the damaged store as it is.</summary>
public static class StoreRepair
{
    /// <summary>Repairs a store that nobody has open, or says what would be done.</summary>
    /// <param name="store">The damaged store's outside world.</param>
    /// <param name="request">What to do.</param>
    /// <returns>What was found and done.</returns>
    /// <exception cref="StoreException">
    /// What the mode does not put up with (RecoveryRequired, ChecksumMismatch, SequenceGap, CheckpointInvalid): nothing was changed; UnsupportedFormatVersion: what a newer version wrote is not damage; StoreNotFound, StoreLocked, LockTimeout; of a salvage StoreExists or
    /// StoreMismatch: the destination is not empty; or a failure of the files.
    /// </exception>
    public static RepairReport Run(StoreHost store, RepairRequest request)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(request);
        StoreReader.RequireStore(store.Files, RecoveryMode.TolerateTail);
        return request.Mode switch
        {
            RepairMode.TolerateTail => TolerateTail(store, request),
            RepairMode.Quarantine => new QuarantineRepair(StorePlacement.ForReading(store), request).Run(),
            RepairMode.Salvage => new SalvageRepair(StorePlacement.ForReading(store), request).Run(),
            _ => throw new ArgumentOutOfRangeException(nameof(request)),
        };
    }

    internal static RepairReport ToReport(RepairMode mode, RecoveryReport recovery) => new()
    {
        StoreId = recovery.StoreId,
        Mode = mode,
        Applied = recovery.Applied,
        Time = recovery.Time,
        CheckpointId = recovery.CheckpointId,
        EndLsn = recovery.EndLsn,
        ItemsLoaded = recovery.ItemsLoaded,
        RecordsApplied = recovery.RecordsReplayed,
        Findings = recovery.Findings,
        Quarantined = recovery.Quarantined,
        Actions = recovery.Actions,
        Duration = recovery.Duration,
    };

    /// <summary>Opens as an opening does that may tolerate damage, and closes.</summary>
    internal static RecoveryReport Open(StoreHost store, RepairRequest request, RecoveryMode mode)
    {
        using PersistenceStore opened = request.IsPlan
            ? PersistenceStore.OpenReadOnly(store, request.Models(), mode, request.Progress)
            : PersistenceStore.OpenConfigured(store, request.Models(), request.Given, mode, request.Progress);
        RecoveryReport report = opened.RecoveryReport;
        opened.Close();
        return report;
    }

    private static RepairReport TolerateTail(StoreHost store, RepairRequest request)
    {
        RecoveryReport recovery = Open(store, request, RecoveryMode.TolerateTail);
        RecoveryFinding[] damage = [.. recovery.Findings.Where(static finding => finding.Kind is FindingKind.Damage or FindingKind.SequenceGap)];
        return ToReport(RepairMode.TolerateTail, recovery) with
        {
            DamagedRanges = damage.Where(static finding => finding.File is not null).Select(static finding => new DamagedRange(finding.File!, finding.Offset ?? 0, finding.Lsn, null, finding.Message.TrimEnd('.'), finding.Severity == FindingSeverity.Error)).ToArray(),
            LeftOut = damage.Length == 0 ? [] : (string[])[$"Everything that was committed at LSN {recovery.EndLsn} and after it."],
        };
    }
}

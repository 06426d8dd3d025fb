using Persistence.Backups;
using Persistence.CrashKit.Worker;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Serialization;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Corruption;

/// <summary>
/// Verifies, restores and reads a damaged backup, on the caller's thread alone. Every byte of a backup is covered by a checksum: what does not match it has to be found by verifying and refused by restoring, with a typed error, and a
/// restore that is refused leaves no store. What is not refused gives exactly the state that was backed up.
/// </summary>
internal sealed class BackupJudge(BackupSample backup) : IDamageJudge
{
    private const int ReadOneIn = 4;

    private static readonly StoreError[] Refusals = [StoreError.BackupInvalid, StoreError.UnsupportedFormatVersion, StoreError.StoreMismatch];

    // Who reads a backup without verifying it first is told what is wrong as who opens a store is.
    private static readonly StoreError[] ReadingRefusals =
        [.. Refusals, StoreError.RecoveryRequired, StoreError.ChecksumMismatch, StoreError.SequenceGap, StoreError.CheckpointInvalid, StoreError.MalformedData];

    public DamageOutcome Judge(Damage damage, ulong choice)
    {
        SimulatedFileSystem damaged = backup.Image.ToDisk();
        foreach (FileDamage file in damage.Files)
            file.Apply(damaged);
        try
        {
            DamageOutcome outcome = Judge(damaged, FindWhatIsChanged(damage), choice);
            return outcome.Wrong is null && damaged.OpenFiles.Count > 0 ? outcome with { Wrong = $"files were left open: {string.Join(", ", damaged.OpenFiles)}" } : outcome;
        }
#pragma warning disable CA1031 // Whatever else comes out of the engine is what is looked for.
        catch (Exception e)
        {
            return new DamageOutcome(DamageOutcomeKind.Refused, $"{e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n')[0].Trim()}");
        }
#pragma warning restore CA1031
    }

    private DamageOutcome Judge(SimulatedFileSystem damaged, (string? Changed, bool HasItsSum) found, ulong choice)
    {
        (string? changed, bool hasItsSum) = found;
        string? refused = FindRefusal(Refusals, () => StoreBackup.Verify(backup.ChainWith(damaged), backup.Host()).IsWhole, out string? wrong);
        wrong ??= JudgeRestored(damaged, refused, hasItsSum);
        if (refused is null && changed is not null)
            wrong ??= $"{changed} is not as it was taken, and it is not refused";
        if ((choice >> 8) % ReadOneIn == 0)
            wrong ??= FindMisread(damaged);
        return new DamageOutcome(refused is null ? DamageOutcomeKind.Unaffected : DamageOutcomeKind.Refused, wrong);
    }

    /// <summary>What is verified as whole is restored, to the state that was backed up; what is not is refused, and there is no store.</summary>
    private string? JudgeRestored(SimulatedFileSystem damaged, string? refused, bool hasItsSum)
    {
        StoreHost restored = backup.Host();
        string? refusedHere = FindRefusal(hasItsSum ? ReadingRefusals : Refusals, () => backup.TryRestore(damaged, restored), out string? wrong);
        if (wrong is not null)
            return $"restoring: {wrong}";
        if (refused is null && refusedHere is not null)
            return $"verified as whole, and not restored: {refusedHere}";
        // Log that the state does not need is no part of what is restored.
        if (refused is not null && refusedHere is null && !hasItsSum)
            return $"restored, and not verified: {refused}";
        if (refusedHere is null)
            return BackupSample.ItemsOf(restored) == backup.Items ? null : "a store with another state was restored";
        return StoreFiles.TryRead(restored.Files, "ROOT") is null ? null : $"not restored ({refusedHere}), and there is a ROOT";
    }

    /// <summary>Opened for reading it shows the state, or it is refused.</summary>
    private string? FindMisread(SimulatedFileSystem damaged)
    {
        KeyValueState items = new();
        string? refused = FindRefusal(
            ReadingRefusals,
            () =>
            {
                using PersistenceStore store = StoreBackup.OpenReadOnly(backup.ChainWith(damaged), backup.Host(), [items]);
                return true;
            },
            out string? wrong);
        return wrong ?? (refused is null && BackupSample.ItemsOf(items) != backup.Items ? "opened for reading, it shows another state" : null);
    }

    /// <param name="allowed">How it may be refused.</param>
    /// <param name="work">What the engine is asked for; false: it says that it found damage.</param>
    /// <param name="wrong">Why it must not have been refused in this way, or null.</param>
    /// <returns>Why it was refused, or null when it was not.</returns>
    private static string? FindRefusal(StoreError[] allowed, Func<bool> work, out string? wrong)
    {
        wrong = null;
        try
        {
            return work() ? null : "damage was found";
        }
        catch (StoreException e)
        {
            wrong = allowed.Contains(e.Error) ? null : $"refused with {e.Error}: {e.Message}";
            return $"{e.Error}: {e.Message}";
        }
    }

    /// <summary>
    /// A file of the backup that has not the bytes it had, or null. More behind them, and more files, are none of its business. One that still has its checksum cannot be told by it: a frame of
    /// another store in the place of one with the same records leaves that of the file as it is (<c>Backups/FORMAT.md</c>). Then the frames' own tell.
    /// </summary>
    private (string? Path, bool HasItsSum) FindWhatIsChanged(Damage damage)
    {
        string? sameSum = null;
        foreach (string path in damage.Files.Select(static file => file.Path).Distinct(StringComparer.Ordinal))
        {
            if (backup.Image.Find(path) is not byte[] before)
                continue;
            byte[]? after = damage.Files.Where(file => file.Path == path).Aggregate((byte[]?)before, static (content, file) => file.Apply(content));
            if (after is not null && after.AsSpan().StartsWith(before))
                continue;
            if (after is null || Crc32C.Compute(after) != Crc32C.Compute(before))
                return (path, HasItsSum: false);
            sameSum ??= path;
        }

        return (sameSum, sameSum is not null);
    }
}

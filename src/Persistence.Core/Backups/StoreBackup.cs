using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage;

namespace Persistence.Backups;

/// <summary>Backups of stores: taking them, beside a writer or not, verifying and restoring them. Format, and why nothing is lost when any of it is cut short: FORMAT.md.</summary>
public static class StoreBackup
{
    /// <summary>
    /// Takes a backup, whoever has the store open for writing meanwhile: everything acknowledged before the call is in it. Nothing is written in the store. On return the backup is durable and verified. When it throws, what it had written was removed, as far as that was possible.
    /// </summary>
    /// <param name="store">The store's outside world.</param>
    /// <param name="destination">An empty directory for this one backup, not inside the store.</param>
    /// <param name="request">What kind of backup; null for a full one.</param>
    /// <exception cref="StoreException">
    /// StoreNotFound; BackupInvalid: the directory is not empty, a parent is damaged, or the log since the parent is gone; StoreMismatch: the parent is of another store; whatever refuses opening the store (RecoveryRequired, ChecksumMismatch, SequenceGap,
    /// CheckpointInvalid, UnsupportedFormatVersion): a damaged store has no backup made of it; or a failure of the files.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public static BackupInfo Take(StoreHost store, IFileSystem destination, BackupRequest? request = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(destination);
        return new BackupTaker(StorePlacement.ForReading(store), destination, request ?? new BackupRequest()).Take();
    }

    /// <summary>What a backup says of itself.</summary>
    /// <exception cref="StoreException">BackupInvalid: there is none, or its manifest is damaged. UnsupportedFormatVersion.</exception>
    public static BackupInfo Read(IFileSystem backup)
    {
        ArgumentNullException.ThrowIfNull(backup);
        return BackupInfo.Of(ManifestFile.Read(backup));
    }

    /// <summary>Reads every byte of a backup and of those it builds on, and whether a store comes of them.</summary>
    /// <param name="backups">A full backup and the increments on it, oldest first.</param>
    /// <param name="world">Where the clock comes from; its files are not touched.</param>
    /// <param name="progress">Told how it comes along, or null.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="StoreException">BackupInvalid: a manifest is missing or damaged, or they do not build on each other. UnsupportedFormatVersion.</exception>
    public static BackupVerification Verify(IReadOnlyList<IFileSystem> backups, StoreHost world, Action<BackupProgress>? progress = null, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(world);
        BackupChain chain = BackupChain.Open(backups);
        return new BackupVerification(BackupInfo.Of(chain.Newest), new BackupVerifier(world, chain, progress, stop).FindDamage());
    }

    /// <summary>
    /// Makes a new store of the state and the files at the position of a backup: with a new id, the next epoch, and a log that begins anew. It is durable and closed on return; open it to use it. When it throws, there is no store, and it can be done again.
    /// </summary>
    /// <param name="backups">A full backup and the increments on it, oldest first.</param>
    /// <param name="destination">The outside world of the new store: an empty directory, or one in which a restore was cut short.</param>
    /// <param name="options">How its first files are made.</param>
    /// <param name="models">The states it is to hold: every model that has records or items in the backup. They are empty afterwards.</param>
    /// <param name="progress">Told how it comes along, or null.</param>
    /// <param name="stop">Gives it up: <see cref="OperationCanceledException"/>.</param>
    /// <param name="target">The earlier moment whose state is wanted, as far as the log in the backups reaches; null for that of the newest.</param>
    /// <exception cref="UnreachableTargetException">PositionNotInLog, LogTruncated: the backups do not have that moment; the message says which they have.</exception>
    /// <exception cref="StoreException">BackupInvalid; StoreExists, StoreMismatch: the directory is not empty; UnsupportedFormatVersion; or a failure of the files.</exception>
    public static RecoveryReport Restore(
        IReadOnlyList<IFileSystem> backups, StoreHost destination, StoreOptions options, IEnumerable<IStateModel> models, Action<BackupProgress>? progress = null, RecoveryTarget? target = null,
        CancellationToken stop = default) =>
        CreateRestorer(backups, destination, options, models, progress, target, stop).Restore(isPlanned: false);

    /// <summary>Does what <see cref="Restore"/> does, all of the verifying included, but for writing.</summary>
    public static RecoveryReport PlanRestore(
        IReadOnlyList<IFileSystem> backups, StoreHost destination, IEnumerable<IStateModel> models, Action<BackupProgress>? progress = null, RecoveryTarget? target = null,
        CancellationToken stop = default) =>
        CreateRestorer(backups, destination, new StoreOptions(), models, progress, target, stop).Restore(isPlanned: true);

    /// <summary>Opens a backup as what it is a copy of, for reading: its states, and the log as far as the backup has it, application records included.</summary>
    /// <param name="backups">A full backup and the increments on it, oldest first. They stay open as long as the store.</param>
    /// <param name="world">Clock, threads and randomness; its files are not touched.</param>
    /// <param name="models">The states, as for <see cref="PersistenceStore.OpenReadOnly"/>.</param>
    /// <exception cref="StoreException">BackupInvalid, and as for <see cref="PersistenceStore.OpenReadOnly"/>.</exception>
    public static PersistenceStore OpenReadOnly(IReadOnlyList<IFileSystem> backups, StoreHost world, IEnumerable<IStateModel> models)
    {
        ArgumentNullException.ThrowIfNull(world);
        return PersistenceStore.OpenReadOnly(world with { Files = new BackupView(BackupChain.Open(backups)), Telemetry = null, HasAllDirectories = true }, models);
    }

    private static BackupRestorer CreateRestorer(
        IReadOnlyList<IFileSystem> backups, StoreHost destination, StoreOptions options, IEnumerable<IStateModel> models, Action<BackupProgress>? progress, RecoveryTarget? target, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(options);
        return new BackupRestorer(BackupChain.Open(backups), destination, options, new StateModels(models), progress, target, stop);
    }
}

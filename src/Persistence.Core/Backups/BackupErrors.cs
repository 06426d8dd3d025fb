using Persistence.Diagnostics;

namespace Persistence.Backups;

/// <summary>Backups that cannot be believed, or made.</summary>
internal static class BackupErrors
{
    public static StoreException Invalid(string message, string? file = null, long? offset = null, Exception? cause = null) =>
        new(StoreError.BackupInvalid, message, cause) { File = file, Offset = offset };

    public static StoreException NoBackup() => Invalid(
        $"The directory holds no backup: it has no {ManifestFile.Name}, which is written last. If a backup into it was cut short, take another one into another directory.");

    public static StoreException Damaged(string path, long offset, string why, Exception? cause = null) =>
        Invalid($"'{path}' in the backup is damaged at offset {offset}: {why}. Use another backup.", path, offset, cause);
}

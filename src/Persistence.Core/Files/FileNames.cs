using System.Globalization;
using System.Text;
using Persistence.State;
using Persistence.Storage;

namespace Persistence.Files;

/// <summary>Names in the store's directories of files.</summary>
internal static class FileNames
{
    public const string Directory = "files";
    public const string BackupDirectory = "backup";

    private const char Staging = '~';
    private const int NameBytesMax = 200;

    /// <summary>Whether a file of the store may have that name on every system.</summary>
    public static bool IsAllowed(string name) =>
        StorePath.IsName(name)
        && name[0] is not Staging and not ' ' && name[^1] is not ' ' and not '.'
        && Encoding.UTF8.GetByteCount(name) <= NameBytesMax
        && !name.Any(character => char.IsControl(character) || "<>\"|?*".Contains(character, StringComparison.Ordinal))
        && !IsDevice(name);

    /// <summary>Whether Windows takes it for a device, whatever follows the first dot.</summary>
    private static bool IsDevice(string name)
    {
        string stem = name.Split('.')[0].TrimEnd(' ').ToUpperInvariant();
        return stem is "CON" or "PRN" or "AUX" or "NUL" or "CONIN$" or "CONOUT$"
            || (stem.Length == 4 && stem[..3] is "COM" or "LPT" && "0123456789¹²³".Contains(stem[3], StringComparison.Ordinal));
    }

    /// <exception cref="ArgumentException">A file of the store may not have that name.</exception>
    public static void Require(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!IsAllowed(name))
            throw new ArgumentException($"'{name}' is no name for a file of the store: at most {NameBytesMax} bytes of UTF-8, not beginning with '{Staging}' or a space, not ending with a space or a dot, without /\\:<>\"|?* and control characters, and not that of a device on Windows.", nameof(name));
    }

    public static string Path(string name) => $"{Directory}/{name}";

    /// <summary>A name for content that is not committed yet: in the directory it goes to, since only a rename inside one directory is atomic on every file system.</summary>
    public static string Stage(Guid id) => $"{Staging}{id:N}";

    public static bool IsStaged(string name) => name.Length == 33 && name[0] == Staging && Guid.TryParseExact(name.AsSpan(1), "N", out _);

    /// <summary>Where what a change replaced or deleted is kept.</summary>
    public static string BackupPath(Lsn lsn, string name) => string.Create(CultureInfo.InvariantCulture, $"{BackupDirectory}/{lsn.Value:D19}-{name}");

    /// <summary>Of which change, of which file, a name in the directory of backups is.</summary>
    public static bool TryParseBackup(string backup, out Lsn lsn, out string name)
    {
        (lsn, name) = (Lsn.None, "");
        if (backup.Length < 21 || backup[19] != '-' || !long.TryParse(backup.AsSpan(0, 19), NumberStyles.None, CultureInfo.InvariantCulture, out long value))
            return false;
        (lsn, name) = (new Lsn(value), backup[20..]);
        return true;
    }
}

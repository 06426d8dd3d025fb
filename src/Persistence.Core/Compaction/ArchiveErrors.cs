using Persistence.Diagnostics;

namespace Persistence.Compaction;

/// <summary>The errors of an archived segment that cannot be used.</summary>
internal static class ArchiveErrors
{
    public static StoreException Damaged(string path, long offset, string why, Exception? inner = null) =>
        new(StoreError.ChecksumMismatch, $"The archived segment '{path}' is damaged at offset {offset}: {why}.", inner) { File = path, Offset = offset };

    public static StoreException Unsupported(string path, int version, uint flags) => new(
        StoreError.UnsupportedFormatVersion,
        $"The archived segment '{path}' has format version {version} and feature flags {flags:X}; this version reads up to version {ArchiveHeader.FormatVersion} and no flags.")
    { File = path };
}

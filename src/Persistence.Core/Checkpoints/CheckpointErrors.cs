using Persistence.Diagnostics;

namespace Persistence.Checkpoints;

/// <summary>The error for a checkpoint file that cannot be used.</summary>
internal static class CheckpointErrors
{
    public static StoreException Invalid(string path, long offset, string why, Exception? inner = null) =>
        new(StoreError.CheckpointInvalid, $"Checkpoint '{path}' is damaged at offset {offset}: {why}.", inner) { File = path, Offset = offset };

    public static StoreException Unsupported(string path, int version, uint flags) => new(
        StoreError.UnsupportedFormatVersion,
        $"Checkpoint '{path}' has format version {version} and feature flags {flags:X}; this version reads up to version {CheckpointHeader.FormatVersion} and no flags.")
    { File = path };
}

namespace Persistence.Storage;

/// <summary>The caller's mistakes every <see cref="IFile"/> refuses in the same way, before the file is touched.</summary>
internal static class FileGuard
{
    /// <summary>Offsets and lengths count bytes from the start of the file.</summary>
    public static void RequireNotNegative(long value, string parameter) => ArgumentOutOfRangeException.ThrowIfNegative(value, parameter);

    /// <summary>
    /// A handle opened for reading neither writes nor syncs. Linux would allow the sync and Windows would not: the mistake
    /// is refused everywhere, so that it is found everywhere.
    /// </summary>
    public static void RequireWritable(FileIntent intent, string path)
    {
        if (intent == FileIntent.Read)
            throw new InvalidOperationException($"'{path}' was opened for reading only.");
    }
}

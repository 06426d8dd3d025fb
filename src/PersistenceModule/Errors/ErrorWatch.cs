using Persistence.Diagnostics;
using Persistence.Locking;

namespace PersistenceModule;

/// <summary>What the errors of this process's commands amount to when they come again and again. Thread-safe.</summary>
internal static class ErrorWatch
{
    private static readonly ErrorCorrelator s_correlator = new(TimeProvider.System);

    /// <summary>What has been found of a store and is not over, the oldest first.</summary>
    /// <param name="directory">Its full path.</param>
    public static IReadOnlyList<ErrorFinding> FindingsOf(string directory) => s_correlator.FindingsOf(Path.TrimEndingDirectorySeparator(directory));

    /// <summary>Takes note of an error that a command is about to report.</summary>
    /// <param name="error">The failure.</param>
    /// <param name="directory">The full path of the store; null where the failure is not about one.</param>
    /// <returns>The finding that it brought to light, or null.</returns>
    public static ErrorFinding? Note(StoreException error, string? directory) =>
        directory is null ? null : s_correlator.Report(error, Path.TrimEndingDirectorySeparator(directory), (error as StoreLockedException)?.Owner?.ProcessId);
}

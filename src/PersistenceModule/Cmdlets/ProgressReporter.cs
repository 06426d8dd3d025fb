using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using Persistence.Recovery;

namespace PersistenceModule;

/// <summary>
/// Shows how a recovery comes along: from the second second on, four times a second at most, and completed at the end. Called
/// on the pipeline's thread. Each call is also where Ctrl+C takes effect.
/// </summary>
internal sealed class ProgressReporter(PSCmdlet cmdlet, string activity, CancellationToken stopping) : IDisposable
{
    private const int ActivityId = 1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly long _started = Stopwatch.GetTimestamp();
    private long _shown;
    private bool _isShown;

    public void Report(RecoveryProgress progress) =>
        Report(string.Create(CultureInfo.InvariantCulture, $"{progress.Phase}: {progress.Records:N0} records"), progress.BytesDone, progress.BytesTotal);

    /// <summary>Shows how any work comes along.</summary>
    /// <param name="status">What is being done.</param>
    /// <param name="done">How much of it is done.</param>
    /// <param name="total">How much there is to do, in the same unit; 0 where nobody knows.</param>
    public void Report(string status, long done, long total)
    {
        stopping.ThrowIfCancellationRequested();
        if (Stopwatch.GetElapsedTime(_started) < Patience || Stopwatch.GetElapsedTime(_shown) < Pause)
            return;
        _shown = Stopwatch.GetTimestamp();
        _isShown = true;
        int percent = total > 0 ? (int)Math.Clamp(done * 100.0 / total, 0, 100) : -1;
        cmdlet.WriteProgress(new ProgressRecord(ActivityId, activity, status) { PercentComplete = percent });
    }

    public void Dispose()
    {
        // A stopped pipeline takes no more records, and clears its progress by itself.
        if (_isShown && !stopping.IsCancellationRequested)
            cmdlet.WriteProgress(new ProgressRecord(ActivityId, activity, "Completed") { RecordType = ProgressRecordType.Completed });
    }
}

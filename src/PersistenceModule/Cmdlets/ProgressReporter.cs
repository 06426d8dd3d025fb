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

    public void Report(RecoveryProgress progress)
    {
        stopping.ThrowIfCancellationRequested();
        if (Stopwatch.GetElapsedTime(_started) < Patience || Stopwatch.GetElapsedTime(_shown) < Pause)
            return;
        _shown = Stopwatch.GetTimestamp();
        _isShown = true;
        string status = string.Create(CultureInfo.InvariantCulture, $"{progress.Phase}: {progress.Records:N0} records");
        int percent = progress.BytesTotal > 0 ? (int)Math.Clamp(progress.BytesDone * 100 / progress.BytesTotal, 0, 100) : -1;
        cmdlet.WriteProgress(new ProgressRecord(ActivityId, activity, status) { PercentComplete = percent });
    }

    public void Dispose()
    {
        // A stopped pipeline takes no more records, and clears its progress by itself.
        if (_isShown && !stopping.IsCancellationRequested)
            cmdlet.WriteProgress(new ProgressRecord(ActivityId, activity, "Completed") { RecordType = ProgressRecordType.Completed });
    }
}

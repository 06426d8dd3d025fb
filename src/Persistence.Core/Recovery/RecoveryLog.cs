using System.Globalization;
using System.Text;
using Persistence.Storage;

namespace Persistence.Recovery;

/// <summary><c>recovery.log</c>: one block of text per recovery, for people. Bounded: at 1 MiB it becomes <c>recovery.log.1</c>.</summary>
internal static class RecoveryLog
{
    public const string FileName = "recovery.log";
    private const string OldFileName = "recovery.log.1";
    private const int BytesMax = 1 << 20;

    /// <summary>Appends a report. Failing to is not a failure of the recovery.</summary>
    public static void TryAppend(IFileSystem files, RecoveryReport report)
    {
        try
        {
            byte[] text = Encoding.UTF8.GetBytes(Format(report));
            using (IFile file = files.Open(FileName, FileIntent.OpenOrCreate))
            {
                long length = file.GetLength();
                if (length + text.Length <= BytesMax)
                {
                    file.Write(text, length);
                    return;
                }
            }

            files.Rename(FileName, OldFileName);
            using IFile fresh = files.Open(FileName, FileIntent.OpenOrCreate);
            fresh.Write(text, 0);
        }
        catch (StorageException)
        {
            // Said above: the log is for people, and the store is already recovered.
        }
    }

    private static string Format(RecoveryReport report)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{report.Time:yyyy-MM-dd HH:mm:ss.fff}Z recovery of store {report.StoreId}, mode {report.Mode}{(report.Target is RecoveryTarget target ? $", back to {target}" : "")}, epoch {report.Epoch}\n");
        text.Append(CultureInfo.InvariantCulture, $"  from {(report.CheckpointId is long id ? $"checkpoint {id}" : "the beginning of the log")}, log {report.RedoFrom} to {report.EndLsn}: ");
        text.Append(CultureInfo.InvariantCulture, $"{report.ItemsLoaded} items, {report.FramesRead} frames, {report.RecordsReplayed} records in {report.Duration.TotalMilliseconds:F1} ms\n");
        foreach (RecoveryFinding finding in report.Findings)
            text.Append(CultureInfo.InvariantCulture, $"  {finding.Severity}: {finding.Kind}: {finding.Message}\n");
        foreach (string action in report.Actions)
            text.Append(CultureInfo.InvariantCulture, $"  done: {action}\n");
        return text.ToString();
    }
}

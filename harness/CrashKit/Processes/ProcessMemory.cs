using System.Diagnostics;

namespace Persistence.CrashKit.Processes;

/// <summary>How much memory of a process is resident, in bytes, as its operating system counts it.</summary>
/// <param name="Bytes">Now.</param>
/// <param name="PeakBytes">The most it ever was, as far as that is known.</param>
internal readonly record struct ProcessMemory(long Bytes, long PeakBytes)
{
    /// <returns>Null when there is no such process any more.</returns>
    public static ProcessMemory? Of(int processId)
    {
        try
        {
            using Process process = Process.GetProcessById(processId);
            long now = process.WorkingSet64;
            // Not every system keeps the peak.
            return new ProcessMemory(now, Math.Max(now, process.PeakWorkingSet64));
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }
}

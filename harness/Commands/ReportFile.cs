namespace Persistence.Harness.Commands;

/// <summary>Files for reports.</summary>
internal static class ReportFile
{
    /// <summary>Opens one before the run: a run of hours is not to end with a report that cannot be written.</summary>
    /// <returns>Null where none is asked for.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static FileStream? Open(string? path)
    {
        try
        {
            return path is null ? null : File.Create(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new IOException($"The report '{path}' cannot be written: {e.Message}", e);
        }
    }
}

namespace Persistence.Harness.Commands;

/// <summary>Files for reports and failures. They are looked at before the run: one of hours is not to end with a report that cannot be written.</summary>
internal static class ReportFile
{
    /// <summary>Makes one.</summary>
    /// <returns>Null where none is asked for.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static FileStream? Open(string? path) => path is null ? null : Try(path, () => File.Create(path, bufferSize: 1));

    /// <summary>Makes sure of one that is written only if there is a reason to; what it holds stays.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Require(string? path)
    {
        if (path is null)
            return;
        bool exists = File.Exists(path);
        Try(path, () => File.OpenWrite(path)).Dispose();
        if (!exists)
            File.Delete(path);
    }

    /// <summary>Sees to it that no two of them are the same.</summary>
    /// <exception cref="ArgumentException">Two are.</exception>
    public static void RequireDifferent(params IEnumerable<string?> paths)
    {
        HashSet<string> seen = new(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (string path in paths.OfType<string>())
        {
            if (!seen.Add(Path.GetFullPath(path)))
                throw new ArgumentException($"'{path}' is asked for twice: each report needs a file of its own.");
        }
    }

    /// <summary>Writes a report; what goes wrong is said, for the verdict is still to come.</summary>
    /// <returns>Whether it is written, or none was asked for.</returns>
    public static bool TryWrite(FileStream? file, Action<Stream> write)
    {
        try
        {
            if (file is not null)
                write(file);
            return true;
        }
        catch (IOException e)
        {
            Console.Error.WriteLine(Explain(file!.Name, e));
            return false;
        }
    }

    /// <summary>Why one cannot be written.</summary>
    public static string Explain(string path, Exception e) => $"The report '{path}' cannot be written: {e.Message}";

    private static FileStream Try(string path, Func<FileStream> open)
    {
        try
        {
            return open();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new IOException(Explain(path, e), e);
        }
    }
}

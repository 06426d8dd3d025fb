namespace Persistence.Harness.Commands;

/// <summary>Where a run puts its stores; removed at the end unless there is evidence in it.</summary>
internal sealed class RunDirectory : IDisposable
{
    private bool _isKept;

    /// <param name="parent">An existing or new directory, or null for the system's temporary one.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public RunDirectory(string? parent)
    {
        try
        {
            Path = parent is null
                ? Directory.CreateTempSubdirectory("crash-").FullName
                : Directory.CreateDirectory(System.IO.Path.Combine(parent, $"crash-{Guid.NewGuid():N}")).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new IOException($"Stores cannot be put into '{parent ?? System.IO.Path.GetTempPath()}': {e.Message}", e);
        }
    }

    public string Path { get; }

    public void KeepWhen(bool isEvidence) => _isKept = isEvidence;

    public void Dispose()
    {
        if (_isKept)
            return;
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"Left behind: {Path} ({e.Message})");
        }
    }
}

namespace Persistence.Harness.Commands;

/// <summary>Where a run puts its stores; removed at the end unless there is evidence in it.</summary>
internal sealed class RunDirectory : IDisposable
{
    private bool _isKept;

    /// <param name="parent">An existing or new directory, or null for the system's temporary one.</param>
    public RunDirectory(string? parent)
    {
        if (parent is null)
        {
            Path = Directory.CreateTempSubdirectory("crash-").FullName;
            return;
        }

        Directory.CreateDirectory(parent);
        Path = Directory.CreateDirectory(System.IO.Path.Combine(parent, $"crash-{Guid.NewGuid():N}")).FullName;
    }

    public string Path { get; }

    public void KeepWhen(bool isEvidence) => _isKept = isEvidence;

    public void Dispose()
    {
        if (!_isKept)
            Directory.Delete(Path, recursive: true);
    }
}

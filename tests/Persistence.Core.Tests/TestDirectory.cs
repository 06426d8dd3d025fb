namespace Persistence.Tests;

/// <summary>
/// The isolation pattern: every test that touches files owns one of these. A fresh directory under the system's temporary
/// directory, never shared and never reused, removed on disposal after the test has closed its handles.
/// </summary>
public sealed class TestDirectory : IDisposable
{
    public TestDirectory()
    {
        Path = Directory.CreateTempSubdirectory("persistence-test-").FullName;
    }

    public string Path { get; }

    public string Combine(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

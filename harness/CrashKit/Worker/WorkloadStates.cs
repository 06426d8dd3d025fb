using System.Globalization;
using Persistence.Files;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Storage;

namespace Persistence.CrashKit.Worker;

/// <summary>
/// What the stores of the workloads hold: items, and, where transactions write files, files. To whoever judges them a file is an item like any other: its key says whose it is, its value is its content.
/// </summary>
internal sealed class WorkloadStates
{
    private const string FilePart = "/file-";
    private const char SlashInName = '=';
    private const string FilesDirectory = "files";

    /// <param name="hasFiles">Whether there may be files.</param>
    public WorkloadStates(bool hasFiles = true) => Files = hasFiles ? new FileState() : null;

    public KeyValueState KeyValue { get; } = new();

    public FileState? Files { get; }

    public IReadOnlyList<IStateModel> All => Files is null ? [KeyValue] : [KeyValue, Files];

    /// <summary>Those of the stores of a workload.</summary>
    public static WorkloadStates Of(string workload) => new(WorkloadMix.Require(workload).WritesFiles);

    /// <summary>The key of an owner's file.</summary>
    public static string FileKey(string owner, int number) => string.Create(CultureInfo.InvariantCulture, $"{owner}{FilePart}{number}");

    /// <summary>The name of the file a key stands for, or null for an item.</summary>
    public static string? FileName(string key) => key.Contains(FilePart, StringComparison.Ordinal) ? key.Replace('/', SlashInName) : null;

    /// <summary>Every file and its content, which is read.</summary>
    /// <exception cref="Diagnostics.StoreException">A content is not what was written, or cannot be read.</exception>
    public IEnumerable<(string Key, byte[] Content)> ReadFiles()
    {
        foreach (StoredFile file in Files?.List() ?? [])
        {
            // Another writer may have deleted it since.
            if (Files!.Read(file.Name) is byte[] content)
                yield return (file.Name.Replace(SlashInName, '/'), content);
        }
    }

    /// <summary>Whether the directory of files holds what the store says it does: for those who look there themselves.</summary>
    /// <param name="disk">The store's files.</param>
    /// <returns>What is wrong, or null.</returns>
    public string? FindMisplaced(IFileSystem disk)
    {
        if (Files is null)
            return null;
        Dictionary<string, StoredFile> expected = Files.List().ToDictionary(static file => file.Name, StringComparer.Ordinal);
        foreach (FileEntry entry in disk.List(FilesDirectory))
        {
            if (!expected.Remove(entry.Name, out StoredFile? file))
                return $"'{FilesDirectory}' holds '{entry.Name}', of which the store does not know";
            if (!StoreFiles.TryRead(disk, $"{FilesDirectory}/{entry.Name}").AsSpan().SequenceEqual(Files.Read(file.Name)))
                return $"'{FilesDirectory}/{entry.Name}' is not what the store says it is";
        }

        return expected.Count > 0 ? $"'{FilesDirectory}' lacks '{expected.Keys.First()}'" : null;
    }
}

using System.Globalization;
using Persistence.CrashKit.Entities;
using Persistence.CrashKit.Simulation;
using Persistence.Entities;
using Persistence.Files;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Storage;

namespace Persistence.CrashKit.Worker;

/// <summary>
/// What the stores of the workloads hold: items; where transactions write files, files; and where a workload has them, entities. To whoever judges them a file, a component and a table are items like any other: the key says whose it is, the value is
/// what it is.
/// </summary>
internal sealed class WorkloadStates
{
    private const string FilePart = "/file-";
    private const char SlashInName = '=';
    private const string FilesDirectory = "files";

    /// <param name="hasFiles">Whether there may be files.</param>
    /// <param name="hasEntities">Whether there may be entities.</param>
    public WorkloadStates(bool hasFiles = true, bool hasEntities = true)
    {
        Files = hasFiles ? new FileState() : null;
        Entities = hasEntities ? new EntityState() : null;
    }

    public KeyValueState KeyValue { get; } = new();

    public FileState? Files { get; }

    public EntityState? Entities { get; }

    public IReadOnlyList<IStateModel> All => [.. new IStateModel?[] { KeyValue, Files, Entities }.OfType<IStateModel>()];

    /// <summary>Those of a run's store.</summary>
    public static WorkloadStates Of(RunPlan plan)
    {
        WorkloadMix mix = WorkloadMix.Require(plan.Workload);
        return new WorkloadStates(mix.WritesFiles, mix.HasEntities && plan.HasEntities);
    }

    /// <summary>The key of an owner's file.</summary>
    public static string FileKey(string owner, int number) => string.Create(CultureInfo.InvariantCulture, $"{owner}{FilePart}{number}");

    /// <summary>The name of the file a key stands for, or null for an item.</summary>
    public static string? FileName(string key) => key.Contains(FilePart, StringComparison.Ordinal) ? key.Replace('/', SlashInName) : null;

    /// <summary>All entities and tables, as items. Nobody changes them meanwhile.</summary>
    public IReadOnlyList<EntityItem> ReadEntities() => Entities is null ? [] : EntityDump.Read(Entities);

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

using System.Text;
using Persistence.Checkpoints;
using Persistence.Compaction;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Platform;
using Persistence.Root;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>
/// Where the directories of a store lie: in it, or elsewhere, on other disks perhaps (Root/FORMAT.md, "Directories elsewhere"). ROOT says where; readers go by that alone. The configuration
/// says where they are to be: a writer takes a new place only when the files are there already.
/// </summary>
internal sealed class StorePlacement
{
    /// <summary>Names a place.</summary>
    public const string IdentityFile = "IDENTITY";

    private const string IdentityPrefix = "persistence-directory ";
    private const int IdBytes = 36;
    private static readonly string[] _movable = [SegmentNames.Directory, CheckpointNames.Directory, ArchiveName.Directory];

    private readonly Dictionary<string, Guid> _identitiesToWrite = [];
    private readonly Dictionary<string, IFileSystem> _places = [];
    private readonly Guid _storeId;

    private StorePlacement(StoreHost host, Guid storeId, IReadOnlyList<RootDirectory> directories)
    {
        _storeId = storeId;
        Directories = directories;
        Host = Spread(host, directories, _places);
    }

    /// <summary>The host that finds every directory where it is.</summary>
    public StoreHost Host { get; }

    /// <summary>Those that lie elsewhere.</summary>
    public IReadOnlyList<RootDirectory> Directories { get; }

    /// <summary>For who reads: everything is where ROOT says.</summary>
    /// <exception cref="StoreException">StoreMismatch: a place is not there, or it is another one.</exception>
    public static StoreHost ForReading(StoreHost host)
    {
        if (host.HasAllDirectories || host.Files is SpreadFileSystem || TryReadRoot(host.Files) is not { Directories.Count: > 0 } root)
            return host;
        StorePlacement placement = new(host, root.StoreId, root.Directories);
        placement.RequireIdentities();
        return placement.Host;
    }

    /// <summary>For a writer: everything is where the options want it, or, where they do not say, where ROOT says.</summary>
    /// <exception cref="StoreException">StoreMismatch: the files are not where they are wanted, or a place is not there. Nothing was changed.</exception>
    public static StorePlacement ForWriting(StoreHost host, StoreOptions options)
    {
        RootRecord? root = TryReadRoot(host.Files);
        List<RootDirectory> directories = [];
        Dictionary<string, Guid> adopted = [];
        foreach (string name in _movable)
        {
            RootDirectory? known = root?.Directories.FirstOrDefault(directory => directory.Name == name);
            string? wanted = WantedFor(name, options);
            bool stays = wanted is null || wanted == (known?.Path ?? ".");
            if ((stays ? known : Move(host, root, known, name, wanted!, adopted)) is RootDirectory directory)
                directories.Add(directory);
        }

        StorePlacement placement = new(host, root?.StoreId ?? default, directories);
        foreach ((string path, Guid identity) in adopted)
            placement._identitiesToWrite[path] = identity;
        placement.RequireIdentities();
        return placement;
    }

    /// <summary>For a store that is being created.</summary>
    /// <param name="host">The store's outside world.</param>
    /// <param name="options">Where the directories are wanted.</param>
    /// <param name="storeId">Which store it will be: the same as of an attempt that was cut short, which may have named the places.</param>
    /// <exception cref="StoreException">StoreMismatch: a place is another store's. Nothing was changed.</exception>
    public static StorePlacement ForCreation(StoreHost host, StoreOptions options, Guid storeId)
    {
        Dictionary<string, Guid> identities = [];
        List<RootDirectory> directories = [];
        foreach (string name in _movable)
        {
            if (WantedFor(name, options) is not string wanted || wanted == ".")
                continue;
            RequireFree(host.Elsewhere(wanted, true), storeId, name, wanted);
            if (!identities.TryGetValue(wanted, out Guid identity))
                identities[wanted] = identity = host.Random.NextGuid();
            directories.Add(new RootDirectory(name, wanted, identity));
        }

        StorePlacement placement = new(host, storeId, directories);
        foreach ((string path, Guid identity) in identities)
            placement._identitiesToWrite[path] = identity;
        return placement;
    }

    /// <summary>Names the places that are taken into use, durably. Before ROOT says so.</summary>
    public void WriteIdentities()
    {
        foreach ((string path, Guid identity) in _identitiesToWrite)
        {
            _places[path].CreateDirectory(AtomicFile.StagingDirectory);
            AtomicFile.Write(_places[path], IdentityFile, Encoding.ASCII.GetBytes($"{IdentityPrefix}{identity:D}{(_storeId == default ? "" : $" {_storeId:D}")}\n"));
        }

        _identitiesToWrite.Clear();
    }

    private static RootDirectory? Move(StoreHost host, RootRecord? root, RootDirectory? known, string name, string wanted, Dictionary<string, Guid> adopted)
    {
        IFileSystem place = wanted == "." ? host.Files : OpenPlace(host, name, wanted);
        (Guid? identity, Guid? owner) = wanted == "." ? default : adopted.TryGetValue(wanted, out Guid same) ? (same, root?.StoreId) : ReadIdentity(place);
        bool isThePlace = known is not null && identity == known.Identity;
        if (wanted != "." && !isThePlace && root is not null && ((owner is not null && owner != root.StoreId) || IsStore(place)))
            throw OtherStoresPlace(name, wanted);
        if (!isThePlace && root is not null && !HasFiles(place, name, root))
        {
            string what = known is null && !IsThere(host.Files, name)
                ? $"there is none in '.' to move there. Nothing was changed. If the store has never had one, make an empty directory '{name}' there, else put it there; or take the path back."
                : $"it is in '{known?.Path ?? "."}'. Nothing was changed. Move that directory '{name}' there while nobody has the store open, or take the path back.";
            throw new StoreException(StoreError.StoreMismatch, $"The configuration wants the store's '{name}' in '{wanted}', and {what}") { File = name };
        }

        if (wanted == ".")
            return null;
        if (identity is null)
            adopted[wanted] = identity ??= host.Random.NextGuid();
        return new RootDirectory(name, wanted, identity.Value);
    }

    /// <summary>A place has one store: another one's archive would be trimmed as this one's, its checkpoints taken for leftovers.</summary>
    private static void RequireFree(IFileSystem place, Guid storeId, string name, string path)
    {
        (Guid? identity, Guid? owner) = ReadIdentity(place);
        if (IsStore(place) || (identity is not null && owner != storeId) || (name == ArchiveName.Directory && ArchiveCatalog.List(place).Count > 0))
            throw OtherStoresPlace(name, path);
    }

    private static bool IsStore(IFileSystem place) => place.List("").Any(static entry => entry.Name == RootFile.Name);

    private static StoreException OtherStoresPlace(string name, string path) => new(
        StoreError.StoreMismatch,
        $"'{path}', where the store's '{name}' is to be, has another store's files, or is a store's own directory. Nothing was changed. Choose another directory; if that store is no more, empty this one, its {IdentityFile} included.")
    { File = name };

    /// <summary>Whether what ROOT names is there. Of the archive ROOT names nothing: its directory has to be there, and be of this store.</summary>
    private static bool HasFiles(IFileSystem place, string name, RootRecord root) => name switch
    {
        SegmentNames.Directory => SegmentCatalog.Read(place, root.StoreId, static _ => { }).Segments
            .Any(segment => segment.Sequence == root.ActiveSequence && segment.Header?.Salt == root.ActiveSalt),
        CheckpointNames.Directory => IsThere(place, name) && root.Checkpoints.All(checkpoint => place.TryGetLength(CheckpointNames.Path(checkpoint)) is not null),
        _ => IsThere(place, name) && ArchiveCatalog.FindStore(place) is var owner && (owner is null || owner == root.StoreId),
    };

    private static bool IsThere(IFileSystem place, string name) => place.List("").Any(entry => entry.Name == name && entry.Kind == FileEntryKind.Directory);

    private static string? WantedFor(string name, StoreOptions options)
    {
        string? wanted = name switch
        {
            SegmentNames.Directory => options.LogDirectory,
            CheckpointNames.Directory => options.CheckpointDirectory,
            _ => options.ArchiveDirectory,
        };
        return string.IsNullOrEmpty(wanted) ? null : wanted;
    }

    private static StoreHost Spread(StoreHost host, IReadOnlyList<RootDirectory> directories, Dictionary<string, IFileSystem> places)
    {
        if (directories.Count == 0)
            return host;
        Dictionary<string, IFileSystem> placed = [];
        foreach (RootDirectory directory in directories)
        {
            if (!places.TryGetValue(directory.Path, out IFileSystem? place))
                places[directory.Path] = place = OpenPlace(host, directory.Name, directory.Path);
            placed[directory.Name] = place;
        }

        return host with { Files = new SpreadFileSystem(host.Files, placed, FindDirectoryOfStaged) };
    }

    private static string? FindDirectoryOfStaged(string name)
    {
        if (name == SegmentNames.Ballast || name.EndsWith(".wal", StringComparison.Ordinal))
            return SegmentNames.Directory;
        if (CheckpointNames.TryParse(name, out _, out _))
            return CheckpointNames.Directory;
        return ArchiveName.TryParse(name, out _) ? ArchiveName.Directory : null;
    }

    private static IFileSystem OpenPlace(StoreHost host, string name, string path)
    {
        try
        {
            return host.Elsewhere(path, false);
        }
        catch (StoreException e) when (e.Error == StoreError.StoreNotFound)
        {
            throw new StoreException(StoreError.StoreMismatch, $"'{path}', where the store's '{name}' is to be, is not a directory, or its disk is not there. Nothing was changed.", e.InnerException) { File = name };
        }
    }

    private void RequireIdentities()
    {
        foreach (RootDirectory directory in Directories.Where(directory => !_identitiesToWrite.ContainsKey(directory.Path)))
        {
            if (ReadIdentity(_places[directory.Path]).Identity != directory.Identity)
            {
                throw new StoreException(
                    StoreError.StoreMismatch,
                    $"'{directory.Path}' is not the place of this store's '{directory.Name}': its {IdentityFile} is missing, or says another. Nothing was changed. Mount the disk that has it, or put the directory back.")
                { File = directory.Name };
            }
        }
    }

    /// <summary>What a place says of itself: which one it is, and whose. Both null where it says nothing.</summary>
    private static (Guid? Identity, Guid? StoreId) ReadIdentity(IFileSystem place)
    {
        try
        {
            using IFile file = place.Open(IdentityFile, FileIntent.Read);
            Span<byte> content = stackalloc byte[IdentityPrefix.Length + IdBytes + 1 + IdBytes];
            string text = Encoding.ASCII.GetString(content[..file.Read(content, 0)]);
            return text.StartsWith(IdentityPrefix, StringComparison.Ordinal) ? (TryParse(text, IdentityPrefix.Length), TryParse(text, IdentityPrefix.Length + IdBytes + 1)) : default;
        }
        catch (StorageException e) when (e.Fault == StorageFault.NotFound)
        {
            return default;
        }
    }

    private static Guid? TryParse(string text, int start) =>
        text.Length >= start + IdBytes && Guid.TryParseExact(text.AsSpan(start, IdBytes), "D", out Guid id) ? id : null;

    /// <summary>What is wrong with ROOT is said by who needs it.</summary>
    private static RootRecord? TryReadRoot(IFileSystem files)
    {
        try
        {
            return RootFile.Read(files).Believed;
        }
        catch (StoreException)
        {
            return null;
        }
    }
}

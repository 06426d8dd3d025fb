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
    private static readonly string[] _movable = [SegmentNames.Directory, CheckpointNames.Directory, ArchiveName.Directory];

    private readonly Dictionary<string, Guid> _identitiesToWrite = [];
    private readonly Dictionary<string, IFileSystem> _places = [];

    private StorePlacement(StoreHost host, IReadOnlyList<RootDirectory> directories)
    {
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
        StorePlacement placement = new(host, root.Directories);
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

        StorePlacement placement = new(host, directories);
        foreach ((string path, Guid identity) in adopted)
            placement._identitiesToWrite[path] = identity;
        placement.RequireIdentities();
        return placement;
    }

    /// <summary>For a store that is being created.</summary>
    public static StorePlacement ForCreation(StoreHost host, StoreOptions options)
    {
        Dictionary<string, Guid> identities = [];
        List<RootDirectory> directories = [];
        foreach (string name in _movable)
        {
            if (WantedFor(name, options) is not string wanted || wanted == ".")
                continue;
            if (!identities.TryGetValue(wanted, out Guid identity))
                identities[wanted] = identity = host.Random.NextGuid();
            host.Elsewhere(wanted, true);
            directories.Add(new RootDirectory(name, wanted, identity));
        }

        StorePlacement placement = new(host, directories);
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
            AtomicFile.Write(_places[path], IdentityFile, Encoding.ASCII.GetBytes($"{IdentityPrefix}{identity:D}\n"));
        }

        _identitiesToWrite.Clear();
    }

    private static RootDirectory? Move(StoreHost host, RootRecord? root, RootDirectory? known, string name, string wanted, Dictionary<string, Guid> adopted)
    {
        IFileSystem place = wanted == "." ? host.Files : OpenPlace(host, name, wanted);
        Guid? identity = wanted == "." ? null : adopted.TryGetValue(wanted, out Guid same) ? same : TryReadIdentity(place);
        bool isThePlace = known is not null && identity == known.Identity;
        if (!isThePlace && root is not null && !HasFiles(place, name, root))
        {
            throw new StoreException(
                StoreError.StoreMismatch,
                $"The configuration wants the store's '{name}' in '{wanted}', and it is in '{known?.Path ?? "."}'. Nothing was changed. Move that directory '{name}' there while nobody has the store open, or take the path back.")
            { File = name };
        }

        if (wanted == ".")
            return null;
        if (identity is null)
            adopted[wanted] = identity ??= host.Random.NextGuid();
        return new RootDirectory(name, wanted, identity.Value);
    }

    /// <summary>Whether what ROOT names is there. Of the archive ROOT names nothing: its directory has to be there.</summary>
    private static bool HasFiles(IFileSystem place, string name, RootRecord root) => name switch
    {
        SegmentNames.Directory => SegmentCatalog.Read(place, root.StoreId, static _ => { }).Segments
            .Any(segment => segment.Sequence == root.ActiveSequence && segment.Header?.Salt == root.ActiveSalt),
        CheckpointNames.Directory => IsThere(place, name) && root.Checkpoints.All(checkpoint => place.TryGetLength(CheckpointNames.Path(checkpoint)) is not null),
        _ => IsThere(place, name),
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
            throw new StoreException(StoreError.StoreMismatch, $"'{path}', where the store's '{name}' is to be, is not a directory, or its disk is not there. Nothing was changed.", e) { File = name };
        }
    }

    private void RequireIdentities()
    {
        foreach (RootDirectory directory in Directories.Where(directory => !_identitiesToWrite.ContainsKey(directory.Path)))
        {
            if (TryReadIdentity(_places[directory.Path]) != directory.Identity)
            {
                throw new StoreException(
                    StoreError.StoreMismatch,
                    $"'{directory.Path}' is not the place of this store's '{directory.Name}': its {IdentityFile} is missing, or says another. Nothing was changed. Mount the disk that has it, or put the directory back.")
                { File = directory.Name };
            }
        }
    }

    private static Guid? TryReadIdentity(IFileSystem place)
    {
        try
        {
            using IFile file = place.Open(IdentityFile, FileIntent.Read);
            Span<byte> content = stackalloc byte[IdentityPrefix.Length + 36];
            string text = Encoding.ASCII.GetString(content[..file.Read(content, 0)]);
            return text.StartsWith(IdentityPrefix, StringComparison.Ordinal) && Guid.TryParseExact(text[IdentityPrefix.Length..], "D", out Guid identity) ? identity : null;
        }
        catch (StorageException e) when (e.Fault == StorageFault.NotFound)
        {
            return null;
        }
    }

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

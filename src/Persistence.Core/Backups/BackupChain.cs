using Persistence.Diagnostics;
using Persistence.Storage;

namespace Persistence.Backups;

/// <summary>A full backup and the increments that build on it, oldest first.</summary>
internal sealed class BackupChain
{
    private readonly IReadOnlyList<(IFileSystem Directory, BackupManifest Manifest)> _links;

    private BackupChain(IReadOnlyList<(IFileSystem Directory, BackupManifest Manifest)> links) => _links = links;

    /// <summary>What the whole chain stands for.</summary>
    public BackupManifest Newest => _links[^1].Manifest;

    public IReadOnlyList<(IFileSystem Directory, BackupManifest Manifest)> Links => _links;

    /// <summary>Reads the manifests.</summary>
    /// <exception cref="StoreException">BackupInvalid: one is no backup, or damaged, or they do not build on each other in this order. UnsupportedFormatVersion.</exception>
    public static BackupChain Open(IReadOnlyList<IFileSystem> directories)
    {
        ArgumentNullException.ThrowIfNull(directories);
        if (directories.Count == 0)
            throw BackupErrors.Invalid("No backup was given.");
        List<(IFileSystem Directory, BackupManifest Manifest)> links = [];
        foreach (IFileSystem directory in directories)
        {
            BackupManifest manifest = ManifestFile.Read(directory);
            RequireFollows(manifest, links.Count == 0 ? null : links[^1].Manifest);
            links.Add((directory, manifest));
        }

        return new BackupChain(links);
    }

    /// <summary>The same with one more backup.</summary>
    public static BackupChain Append(BackupChain? parents, IFileSystem directory, BackupManifest manifest) => new((parents?._links ?? []).Append((directory, manifest)).ToArray());

    /// <summary>Where the bytes of a file of the newest backup are: oldest first, nothing between them.</summary>
    /// <exception cref="StoreException">BackupInvalid.</exception>
    public IReadOnlyList<(IFileSystem Directory, BackupFile File)> FindPieces(BackupFile file)
    {
        if (file.IsInherited)
            return new[] { FindInherited(file) };
        List<(IFileSystem Directory, BackupFile File)> pieces = [.. Pieces(file)];
        long end = 0;
        foreach ((_, BackupFile piece) in pieces)
        {
            if (piece.Offset != end)
                throw BackupErrors.Damaged(file.Path, end, "no backup of the chain has what belongs there");
            end += piece.Length;
        }

        return pieces;
    }

    private (IFileSystem Directory, BackupFile File)[] Pieces(BackupFile file)
    {
        if (!BackupPaths.IsSegment(file.Path))
            return [(Owner(file), file)];
        return
        [
            .. from link in _links
               from piece in link.Manifest.Files
               where piece.Path == file.Path && piece.SizeBytes == file.SizeBytes
               select (link.Directory, piece),
        ];
    }

    private IFileSystem Owner(BackupFile file) => _links.Last(link => link.Manifest.Files.Contains(file)).Directory;

    private (IFileSystem Directory, BackupFile File) FindInherited(BackupFile file)
    {
        BackupFile own = file with { IsInherited = false };
        foreach ((IFileSystem directory, BackupManifest manifest) in _links.Reverse())
        {
            if (manifest.Files.Contains(own))
                return (directory, own);
        }

        throw BackupErrors.Damaged(file.Path, 0, "no parent has it");
    }

    private static void RequireFollows(BackupManifest manifest, BackupManifest? before)
    {
        if (before is null && manifest.ParentId is Guid missing)
            throw BackupErrors.Invalid($"Backup {manifest.Id} is an increment, and backup {missing}, which it builds on, was not given or not found.");
        if (before is not null && manifest.ParentId != before.Id)
            throw BackupErrors.Invalid($"Backup {manifest.Id} does not build on backup {before.Id}.");
        if (before is not null && (manifest.Root.StoreId != before.Root.StoreId || manifest.Position.Lsn < before.Position.Lsn))
            throw BackupErrors.Invalid($"Backup {manifest.Id} does not continue backup {before.Id}.");
    }
}

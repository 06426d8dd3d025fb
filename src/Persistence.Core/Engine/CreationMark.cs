using System.Text;
using Persistence.Storage;

namespace Persistence.Engine;

/// <summary>
/// Says, in <c>staging/</c> of a store that is being created, which store it will be: so that a creation cut short is completed in places that it had named already, and in no other store's (Root/FORMAT.md, "Directories elsewhere").
/// </summary>
internal static class CreationMark
{
    /// <summary>The file: 36 characters.</summary>
    public const string Name = "creation";

    private const string Path = $"{AtomicFile.StagingDirectory}/{Name}";
    private const int IdBytes = 36;

    /// <summary>What a creation cut short would have made; null without one, or where it had named no place yet.</summary>
    public static Guid? TryRead(IFileSystem files)
    {
        if (files.TryGetLength(Path) != IdBytes)
            return null;
        using IFile file = files.Open(Path, FileIntent.Read);
        Span<byte> content = stackalloc byte[IdBytes];
        file.Read(content, 0);
        return Guid.TryParseExact(Encoding.ASCII.GetString(content), "D", out Guid storeId) ? storeId : null;
    }

    /// <summary>Durable on return. One that says the same stays: it may be all that tells whose the places are.</summary>
    public static void Write(IFileSystem files, Guid storeId)
    {
        if (TryRead(files) != storeId)
        {
            files.TryDelete(Path);
            using IFile file = files.Open(Path, FileIntent.CreateNew);
            file.Write(Encoding.ASCII.GetBytes($"{storeId:D}"), 0);
            file.Sync();
        }

        files.SyncDirectory(AtomicFile.StagingDirectory);
    }

    /// <summary>The store is there.</summary>
    public static void Remove(IFileSystem files) => files.TryDelete(Path);
}

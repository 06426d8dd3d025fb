using Persistence.Serialization;
using Persistence.Storage;

namespace Persistence.Files;

/// <summary>Copies files that transactions have written out of a store, each as its commit left it.</summary>
internal static class FileContentCopier
{
    private const int PieceBytes = 1 << 20;

    /// <summary>Copies a file from wherever its content is now.</summary>
    /// <param name="state">The files of the store.</param>
    /// <param name="file">One of them.</param>
    /// <param name="from">The store's files.</param>
    /// <param name="to">An empty file; without success it holds anything.</param>
    /// <param name="pieceDone">Told of the bytes done since it was told last; throwing from it gives up.</param>
    /// <returns>False when it is nowhere as it was written.</returns>
    /// <exception cref="StorageException">A failure of the files.</exception>
    public static bool TryCopy(FileState state, StoredFile file, IFileSystem from, IFile to, Action<int>? pieceDone = null) =>
        state.PlacesOf(file, from).Any(path => TryCopy(path, file, from, to, pieceDone));

    private static bool TryCopy(string path, StoredFile file, IFileSystem from, IFile to, Action<int>? pieceDone)
    {
        try
        {
            using IFile source = from.Open(path, FileIntent.Read);
            return source.GetLength() == file.Length && Copy(source, to, file.Length, pieceDone) == file.Crc;
        }
        catch (StorageException e) when (e.Fault == StorageFault.NotFound)
        {
            return false;
        }
    }

    private static uint? Copy(IFile source, IFile to, long length, Action<int>? pieceDone)
    {
        byte[] piece = new byte[Math.Min(PieceBytes, length)];
        uint crc = 0;
        for (long offset = 0; offset < length; offset += piece.Length)
        {
            Span<byte> bytes = piece.AsSpan(0, (int)Math.Min(piece.Length, length - offset));
            if (source.Read(bytes, offset) < bytes.Length)
                return null;
            to.Write(bytes, offset);
            crc = Crc32C.Append(crc, bytes);
            pieceDone?.Invoke(bytes.Length);
        }

        return crc;
    }
}

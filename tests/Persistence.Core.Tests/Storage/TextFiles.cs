using System.Text;
using Persistence.Storage;

namespace Persistence.Tests.Storage;

/// <summary>Short ways to put text into files and to get it out, for tests.</summary>
internal static class TextFiles
{
    public static IFile CreateText(this IFileSystem files, string path, string text)
    {
        IFile file = files.Open(path, FileIntent.CreateNew);
        file.Write(Encoding.UTF8.GetBytes(text), 0);
        return file;
    }

    /// <summary>The text of a file, or null when there is none.</summary>
    public static string? FindText(this IFileSystem files, string path)
    {
        try
        {
            using IFile file = files.Open(path, FileIntent.Read);
            return file.ReadText();
        }
        catch (StorageException exception) when (exception.Fault == StorageFault.NotFound)
        {
            return null;
        }
    }

    public static string ReadText(this IFile file)
    {
        byte[] buffer = new byte[file.GetLength()];
        return Encoding.UTF8.GetString(buffer, 0, file.Read(buffer, 0));
    }
}

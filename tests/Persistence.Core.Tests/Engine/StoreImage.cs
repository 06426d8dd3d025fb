using System.Buffers.Binary;
using Persistence.Serialization;
using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.Tests.Engine;

/// <summary>The files of a store as names and bytes: to compare, to damage, and to write back onto a fresh file system.</summary>
internal sealed class StoreImage
{
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _directories = new(StringComparer.Ordinal);

    public IEnumerable<string> Paths => _files.Keys;

    public byte[] this[string path]
    {
        get => _files[path];
        set => _files[path] = value;
    }

    public static StoreImage Of(IFileSystem files)
    {
        StoreImage image = new();
        image.Read(files, "");
        return image;
    }

    public StoreImage Copy()
    {
        StoreImage copy = new();
        copy._directories.UnionWith(_directories);
        foreach ((string path, byte[] bytes) in _files)
            copy._files[path] = [.. bytes];
        return copy;
    }

    public void Remove(string path) => _files.Remove(path);

    public void AddDirectory(string path) => _directories.Add(path);

    /// <summary>Flips bits of one byte.</summary>
    public void Flip(string path, long offset, byte mask = 0xFF) => _files[path][offset] ^= mask;

    /// <summary>Sets bytes and then the CRC-32C that covers them, so that only the content is wrong.</summary>
    public void Forge(string path, int offset, ReadOnlySpan<byte> bytes, int crcStart, int crcOffset)
    {
        byte[] content = _files[path];
        bytes.CopyTo(content.AsSpan(offset));
        Seal(content, crcStart, crcOffset);
    }

    public static void Seal(byte[] content, int crcStart, int crcOffset) =>
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(crcOffset), Crc32C.Compute(content.AsSpan(crcStart, crcOffset - crcStart)));

    /// <summary>A file system that holds exactly these files, all durable.</summary>
    public SimulatedFileSystem ToFiles()
    {
        SimulatedFileSystem files = new();
        foreach (string directory in _directories)
            files.CreateDirectory(directory);
        foreach ((string path, byte[] bytes) in _files)
        {
            using IFile file = files.Open(path, FileIntent.CreateNew);
            file.Write(bytes, 0);
        }

        return files.CrashImage(CrashImageKind.KeepEverything);
    }

    /// <summary>The first difference, or null.</summary>
    public string? FindDifference(StoreImage other)
    {
        if (!_directories.SetEquals(other._directories))
            return "directories";
        if (!_files.Keys.SequenceEqual(other._files.Keys))
            return $"names: {string.Join(' ', _files.Keys)} and {string.Join(' ', other._files.Keys)}";
        return _files.FirstOrDefault(file => !file.Value.AsSpan().SequenceEqual(other._files[file.Key])).Key;
    }

    private void Read(IFileSystem files, string directory)
    {
        foreach (FileEntry entry in files.List(directory))
        {
            string path = directory.Length == 0 ? entry.Name : $"{directory}/{entry.Name}";
            if (entry.Kind == FileEntryKind.Directory)
            {
                _directories.Add(path);
                Read(files, path);
            }
            else
            {
                using IFile file = files.Open(path, FileIntent.Read);
                byte[] bytes = new byte[file.GetLength()];
                file.Read(bytes, 0);
                _files[path] = bytes;
            }
        }
    }
}

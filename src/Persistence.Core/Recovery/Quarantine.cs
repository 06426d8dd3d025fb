using System.Globalization;
using Persistence.Storage;

namespace Persistence.Recovery;

/// <summary>
/// Where recovery keeps what it abandons or is about to replace: <c>quarantine/&lt;number&gt;-&lt;name&gt;</c>. Bounded: the
/// oldest files make room for new ones, never the newest; and first those (<c>&lt;number&gt;-whole-&lt;name&gt;</c>) whose content
/// the store still has, so that crash after crash does not push out what exists nowhere else.
/// </summary>
internal sealed class Quarantine
{
    public const string Directory = "quarantine";
    private const string WholeMark = "-whole-";

    private readonly IFileSystem _files;
    private readonly int _filesMax;
    private readonly long _bytesMax;
    private readonly List<string> _added = [];

    public Quarantine(IFileSystem files, int filesMax, long bytesMax)
    {
        _files = files;
        _filesMax = filesMax;
        _bytesMax = bytesMax;
    }

    /// <summary>Names of what was added by this object.</summary>
    public IReadOnlyList<string> Added => _added;

    /// <summary>
    /// Moves a file in. Not by a rename, which between two directories may lose the old name before it keeps the new one:
    /// the second name is durable before the first one goes.
    /// </summary>
    public void Move(string path)
    {
        Link(path, isWhole: false);
        _files.Delete(path);
        _files.SyncDirectory(DirectoryOf(path));
    }

    /// <summary>Gives a file a second name in quarantine; the first is about to be replaced. The directory is synced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isWhole">What replaces it holds all of it.</param>
    public void Link(string path, bool isWhole)
    {
        _files.Link(path, NextPath(path, isWhole));
        _files.SyncDirectory(Directory);
    }

    /// <summary>Deletes the oldest files above the bounds. What cannot be deleted now is deleted another time.</summary>
    /// <returns>How many.</returns>
    public int TryRotate()
    {
        try
        {
            return Rotate();
        }
        catch (StorageException)
        {
            return 0;
        }
    }

    private int Rotate()
    {
        IEnumerable<string> names = Names().OrderBy(name => name.Contains(WholeMark, StringComparison.Ordinal) ? 0 : 1);
        List<(string Path, long Bytes)> all = [.. names.Select(name => (Path: $"{Directory}/{name}", Bytes: LengthOf($"{Directory}/{name}")))];
        long bytes = all.Sum(file => file.Bytes);
        int removed = 0;
        while (all.Count - removed > 1 && (all.Count - removed > _filesMax || bytes > _bytesMax))
        {
            _files.Delete(all[removed].Path);
            bytes -= all[removed].Bytes;
            removed++;
        }

        return removed;
    }

    private static string DirectoryOf(string path)
    {
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? "" : path[..slash];
    }

    private IEnumerable<string> Names() =>
        _files.List(Directory).Where(entry => entry.Kind == FileEntryKind.File).Select(entry => entry.Name);

    private string NextPath(string path, bool isWhole)
    {
        long last = 0;
        foreach (string existing in Names())
        {
            int dash = existing.IndexOf('-', StringComparison.Ordinal);
            if (dash > 0 && long.TryParse(existing.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
                last = Math.Max(last, number);
        }

        string name = string.Create(CultureInfo.InvariantCulture, $"{last + 1:D10}{(isWhole ? WholeMark : "-")}{path[(path.IndexOf('/', StringComparison.Ordinal) + 1)..]}");
        _added.Add(name);
        return $"{Directory}/{name}";
    }

    private long LengthOf(string path)
    {
        using IFile file = _files.Open(path, FileIntent.Read);
        return file.GetLength();
    }
}

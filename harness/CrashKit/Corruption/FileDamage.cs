using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Corruption;

/// <summary>What is done to one file: bytes at a place, another length, another content, or that it is gone.</summary>
internal readonly record struct FileDamage
{
    private FileDamage(string path) => Path = path;

    public string Path { get; }

    /// <summary>Where <see cref="Bytes"/> go.</summary>
    public long Offset { get; private init; }

    /// <summary>What is written there; behind the end it makes the file longer.</summary>
    public byte[]? Bytes { get; private init; }

    /// <summary>The length the file is cut to, or null.</summary>
    public long? Length { get; private init; }

    /// <summary>The whole new content, or null.</summary>
    public byte[]? Content { get; private init; }

    public bool IsDeleted { get; private init; }

    public static FileDamage Patch(string path, long offset, byte[] bytes) => new(path) { Offset = offset, Bytes = bytes };

    public static FileDamage Cut(string path, long length) => new(path) { Length = length };

    public static FileDamage Replace(string path, byte[] content) => new(path) { Content = content };

    public static FileDamage Delete(string path) => new(path) { IsDeleted = true };

    /// <summary>What the file holds afterwards, or null when it is gone.</summary>
    /// <param name="before">What it held, or null.</param>
    public byte[]? Apply(byte[]? before)
    {
        if (IsDeleted)
            return null;
        if (Content is not null)
            return Content;
        before ??= [];
        if (Length is long length)
            return before[..(int)length];
        byte[] after = new byte[Math.Max(before.Length, Offset + Bytes!.Length)];
        before.CopyTo(after, 0);
        Bytes.CopyTo(after, Offset);
        return after;
    }

    /// <summary>Does it to the file on a disk.</summary>
    public void Apply(IFileSystem disk)
    {
        if (IsDeleted)
        {
            disk.Delete(Path);
            return;
        }

        using IFile file = disk.Open(Path, FileIntent.OpenOrCreate);
        if (Content is not null)
        {
            file.SetLength(0);
            file.Write(Content, 0);
        }
        else if (Length is long length)
        {
            file.SetLength(length);
        }
        else
        {
            file.Write(Bytes, Offset);
        }
    }

    /// <summary>How the file differs afterwards, as a number: equal for equal differences, 0 for none.</summary>
    /// <param name="before">What it held, or null.</param>
    public ulong HashDifference(byte[]? before)
    {
        ulong name = Mixing.Hash(Path);
        if (IsDeleted)
            return before is null ? 0 : Mixing.Mix(name, 1);
        long lengthBefore = before?.Length ?? -1;
        (ReadOnlySpan<byte> bytes, long start, long lengthAfter) = Content is not null ? (Content, 0L, Content.Length)
            : Length is long length ? (default, length, length)
            : (Bytes, Offset, Math.Max(lengthBefore, Offset + Bytes!.Length));
        ulong hash = lengthAfter == lengthBefore ? 0 : Mixing.Mix(name, 2UL + (ulong)lengthAfter);
        ReadOnlySpan<byte> old = before.AsSpan((int)Math.Min(start, Math.Max(0, lengthBefore)));
        for (int i = 0; i < bytes.Length; i++)
        {
            if (i < old.Length)
                i += bytes[i..].CommonPrefixLength(old[i..]);
            if (i < bytes.Length)
                hash += Mixing.Mix(Mixing.Mix(name, (ulong)(start + i)), 256UL + bytes[i]);
        }

        return hash;
    }
}

namespace Persistence.Storage.Disk;

/// <summary>Reserves space the plain way, by writing zeros, where the file system has no call for it.</summary>
internal static class ZeroFill
{
    private static readonly byte[] Zeros = new byte[64 * 1024];

    /// <summary>Extends <paramref name="file"/> with zeros to <paramref name="length"/> bytes; does nothing when it is that long.</summary>
    public static void Extend(IFile file, long length)
    {
        for (long position = file.GetLength(); position < length;)
        {
            int count = (int)Math.Min(Zeros.Length, length - position);
            file.Write(Zeros.AsSpan(0, count), position);
            position += count;
        }
    }
}

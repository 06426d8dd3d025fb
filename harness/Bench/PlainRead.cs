using Persistence.Serialization;

namespace Persistence.Harness.Bench;

/// <summary>What opening a store is held against: its files read once from the beginning to the end, and their CRC-32C.</summary>
internal static class PlainRead
{
    /// <summary>Reads the files of a directory.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="pattern">Their names.</param>
    public static void Run(string directory, string pattern)
    {
        byte[] buffer = new byte[1 << 20];
        uint crc = 0;
        foreach (string file in Directory.GetFiles(directory, pattern).Order())
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            int read;
            while ((read = stream.Read(buffer)) > 0)
                crc = Crc32C.Append(crc, buffer.AsSpan(0, read));
        }

        GC.KeepAlive(crc);
    }
}

using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Tests.Corruption;

/// <summary>Shows zeros from an offset of one file on.</summary>
internal sealed class ShortenedFiles(IFileSystem inner, string shortened, long end) : ForwardingFileSystem(inner)
{
    public override IFile Open(string path, FileIntent intent)
    {
        IFile file = base.Open(path, intent);
        return path == shortened ? new ShortenedFile(file, end) : file;
    }

    private sealed class ShortenedFile(IFile inner, long end) : ForwardingFile(inner)
    {
        public override int Read(Span<byte> buffer, long offset)
        {
            int count = base.Read(buffer, offset);
            buffer[(int)Math.Clamp(end - offset, 0, count)..count].Clear();
            return count;
        }
    }
}

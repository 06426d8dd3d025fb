using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.Engine;

/// <summary>A store's files for work in the background: after each piece that was read or written it may rest.</summary>
internal sealed class PacedFiles(IFileSystem inner, BackgroundPace pace) : ForwardingFileSystem(inner)
{
    public override IFile Open(string path, FileIntent intent) => new PacedFile(Inner.Open(path, intent), pace);

    private sealed class PacedFile(IFile inner, BackgroundPace pace) : ForwardingFile(inner)
    {
        public override int Read(Span<byte> buffer, long offset)
        {
            int count = Inner.Read(buffer, offset);
            pace.Rest();
            return count;
        }

        public override void Write(ReadOnlySpan<byte> data, long offset)
        {
            Inner.Write(data, offset);
            pace.Rest();
        }
    }
}

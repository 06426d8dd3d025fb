using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Tests;

/// <summary>Opens a file twice whenever it is to be opened, and closes it once: as an engine does that forgets to.</summary>
internal sealed class LeakingFiles(IFileSystem inner, string leaked) : ForwardingFileSystem(inner)
{
    public override IFile Open(string path, FileIntent intent)
    {
        if (path == leaked)
            base.Open(path, intent);
        return base.Open(path, intent);
    }
}

using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Simulation;

/// <summary>A disk whose files are never synced, though it says so: what an engine that forgets to sync does. A canary: whoever looks for lost commits must find some.</summary>
internal sealed class SilentSyncs(IFileSystem inner) : ForwardingFileSystem(inner)
{
    public override IFile Open(string path, FileIntent intent) => new SilentFile(base.Open(path, intent));

    private sealed class SilentFile(IFile file) : ForwardingFile(file)
    {
        public override void SyncData()
        {
        }

        public override void Sync()
        {
        }
    }
}

using Microsoft.Win32.SafeHandles;

namespace Persistence.Storage.Disk.Linux;

/// <summary>
/// Owns a file descriptor. Calls in flight hold a reference, so a disposal meanwhile takes effect when they return and the
/// number can never be reused under them.
/// </summary>
internal sealed class DescriptorHandle : SafeHandleMinusOneIsInvalid
{
    /// <summary>Takes over a descriptor; -1 makes an invalid handle.</summary>
    public DescriptorHandle(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>Whether a lock is held through this descriptor, to be given up before it is closed.</summary>
    public bool IsLocked { get; set; }

    // Closing alone would not end the lock while a child process that is just being started still has a copy of the
    // descriptor; unlocking does. The result of close says nothing a sync has not said before, and the descriptor is gone whatever it says.
    protected override bool ReleaseHandle()
    {
        if (IsLocked)
            _ = LibC.FLock((int)handle, LinuxConstants.LockNone);
        _ = LibC.Close((int)handle);
        return true;
    }
}

using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace Persistence.Storage.Disk.Portable;

/// <summary>Directories that only their owner can use: Windows' counterpart of mode 0700.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsOwnerOnly
{
    /// <summary>Creates a directory whose access list inherits nothing, names the current user alone and is inherited by what is created in it.</summary>
    public static void CreateDirectory(string fullPath)
    {
        using WindowsIdentity identity = WindowsIdentity.GetCurrent();
        DirectorySecurity security = new();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        security.AddAccessRule(new FileSystemAccessRule(
            identity.User!,
            FileSystemRights.FullControl,
            InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit,
            PropagationFlags.None,
            AccessControlType.Allow));
        security.CreateDirectory(fullPath);
    }
}

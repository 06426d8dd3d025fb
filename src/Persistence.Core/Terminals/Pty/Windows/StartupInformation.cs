using System.Runtime.InteropServices;

namespace Persistence.Terminals.Pty.Windows;

/// <summary>Windows' <c>STARTUPINFOEXW</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct StartupInformation
{
    /// <summary>STARTF_USESTDHANDLES, with none: otherwise the program would take over those of this process when they lead elsewhere.</summary>
    public const uint UseStandardHandles = 0x100;

    public uint Bytes;
    public nint Reserved;
    public nint Desktop;
    public nint Title;
    public uint X;
    public uint Y;
    public uint XSize;
    public uint YSize;
    public uint XCountCharacters;
    public uint YCountCharacters;
    public uint FillAttribute;
    public uint Flags;
    public ushort ShowWindow;
    public ushort Reserved2Bytes;
    public nint Reserved2;
    public nint StandardInput;
    public nint StandardOutput;
    public nint StandardError;
    public void* Attributes;
}

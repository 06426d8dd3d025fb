using System.Runtime.InteropServices;

namespace Persistence.CrashKit.Processes;

/// <summary>Finds the program that runs .NET assemblies: the one of the runtime this process runs on.</summary>
internal static class DotNetHost
{
    public static string Find()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string installed = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(installed) ? installed : name;
    }
}

using System.Globalization;
using System.Text;

namespace Persistence.CrashKit.Terminals.Hosts;

/// <summary>What the operating system says of processes: on Linux, from /proc; elsewhere nothing is known.</summary>
internal static class ProcessTable
{
    private const string Root = "/proc";
    private const char Zombie = 'Z';
    private const int StateField = 0;
    private const int ParentField = 1;

    /// <summary>The dead children of a process that it has not taken note of.</summary>
    public static IReadOnlyList<int> FindZombies(int parent)
    {
        string text = parent.ToString(CultureInfo.InvariantCulture);
        return [.. All().Where(id => ReadStatus(id) is string[] fields && fields[StateField][0] == Zombie && fields[ParentField] == text)];
    }

    /// <summary>The processes that live with a variable in the environment they were started with.</summary>
    /// <param name="variable">Name, "=", value.</param>
    public static IReadOnlyList<int> FindByVariable(string variable) => [.. All().Where(id => HasVariable(id, variable))];

    /// <summary>Whether a process was started with a variable in its environment.</summary>
    public static bool HasVariable(int id, string variable) => ((byte[])[0, .. ReadBytes(id, "environ"), 0]).AsSpan().IndexOf(Encoding.UTF8.GetBytes($"\0{variable}\0")) >= 0;

    /// <summary>What the open files of a process are called.</summary>
    public static IReadOnlyList<string> FindOpenFiles(int id)
    {
        try
        {
            return [.. new DirectoryInfo($"{Root}/{id}/fd").EnumerateFileSystemInfos().Select(static file => file.LinkTarget).OfType<string>()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static IEnumerable<int> All() => Directory.Exists(Root)
        ? Directory.EnumerateDirectories(Root).Select(static path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0).Where(static id => id > 0)
        : [];

    /// <summary>The fields of its status behind its name, which may have anything in it. Null when there is none.</summary>
    private static string[]? ReadStatus(int id)
    {
        string status = Encoding.UTF8.GetString(ReadBytes(id, "stat"));
        return status.Length == 0 ? null : status[(status.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static byte[] ReadBytes(int id, string name)
    {
        try
        {
            return File.ReadAllBytes($"{Root}/{id}/{name}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

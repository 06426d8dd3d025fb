using System.Text.RegularExpressions;

namespace Persistence.Tests;

/// <summary>
/// Which folder of the Core may know which: the table of ARCHITECTURE.md. A new arrow is added here and there in the commit
/// that needs it.
/// </summary>
internal static partial class LayeringRules
{
    private static readonly string[] Leaves = ["Configuration", "Diagnostics", "Platform"];
    private static readonly string[] Basics = [.. Leaves, "Compression", "Serialization", "Storage"];
    private static readonly string[] Contracts = [.. Basics, "State", "Locking", "Root"];
    private static readonly string[] Logs = [.. Contracts, "Checkpoints", "Wal"];
    private static readonly string[] Parts = [.. Logs, "Recovery", "Compaction", "Transactions"];
    private static readonly string[] Models = [.. Basics, "State"];

    /// <summary>Each folder with the folders it may name. Sideways arrows are listed one by one.</summary>
    public static IReadOnlyDictionary<string, string[]> Table { get; } = new Dictionary<string, string[]>
    {
        ["Configuration"] = ["Diagnostics"],
        ["Diagnostics"] = [],
        ["Platform"] = [],
        ["Compression"] = [.. Leaves, "Serialization"],
        ["Serialization"] = Leaves,
        ["Storage"] = Leaves,
        ["State"] = Basics,
        ["Locking"] = Basics,
        ["Root"] = [.. Basics, "State"],
        ["Wal"] = Contracts,
        ["Checkpoints"] = [.. Contracts, "Wal"],
        ["Recovery"] = Logs,
        ["Compaction"] = Logs,
        ["Transactions"] = Logs,
        ["KeyValue"] = Models,
        ["Terminals"] = Models,
        ["Entities"] = Models,
        ["Files"] = Models,
        ["Engine"] = Parts,
        ["Backups"] = [.. Parts, "Engine", "Files"],
        ["Repair"] = [.. Parts, "Engine", "Files"],
    };

    /// <summary>What is wrong with a set of source files, one line each.</summary>
    /// <param name="sources">The files: path below the Core's directory, with <c>/</c>, and text.</param>
    public static IReadOnlyList<string> FindViolations(IReadOnlyCollection<(string Path, string Text)> sources)
    {
        ILookup<string, string> typesByFolder = sources.ToLookup(source => FolderOf(source.Path), source => TypeOf(source.Path));
        return [.. sources.SelectMany(source => FindViolations(source.Path, WithoutCommentsAndText(source.Text), typesByFolder))];
    }

    private static IEnumerable<string> FindViolations(string path, string code, ILookup<string, string> typesByFolder)
    {
        string folder = FolderOf(path);
        if (!Table.TryGetValue(folder, out string[]? allowed))
            return [$"{path}: the folder '{folder}' is not in the table"];
        return FindReferences(Namespace().Replace(code, " "), typesByFolder)
            .Where(name => name != folder && !allowed.Contains(name))
            .Distinct()
            .Select(name => $"{path}: {folder} must not know {name}")
            .Concat(FindForeignNamespaces(path, folder, code))
            .Concat(FindNativeCalls(path, code));
    }

    private static IEnumerable<string> FindReferences(string code, ILookup<string, string> typesByFolder)
    {
        IEnumerable<string> qualified = QualifiedName().Matches(code).Select(match => match.Groups["folder"].Value);
        // Inside the namespace Persistence a folder may also be named without it: "Wal.SegmentWriter".
        IEnumerable<string> relative = RelativeName().Matches(code)
            .Where(match => typesByFolder[match.Groups["folder"].Value].Contains(match.Groups["type"].Value))
            .Select(match => match.Groups["folder"].Value);
        return qualified.Concat(relative);
    }

    // Otherwise a file could put its types where the table does not look for them.
    private static IEnumerable<string> FindForeignNamespaces(string path, string folder, string code) =>
        Namespace().Matches(code)
            .Select(match => match.Groups["name"].Value)
            .Where(name => name != $"Persistence.{folder}" && !name.StartsWith($"Persistence.{folder}.", StringComparison.Ordinal))
            .Select(name => $"{path}: the namespace '{name}' is not that of its folder");

    private static IEnumerable<string> FindNativeCalls(string path, string code) =>
        NativeCall().IsMatch(code) && !MayCallNativeCode(path) ? [$"{path}: native calls do not belong here"] : [];

    private static bool MayCallNativeCode(string path) =>
        path.StartsWith("Storage/Disk/", StringComparison.Ordinal)
        || path.StartsWith("Terminals/Pty/", StringComparison.Ordinal)
        || path.StartsWith("Compression/Zstd", StringComparison.Ordinal);

    private static string FolderOf(string path) => path.Contains('/', StringComparison.Ordinal) ? path[..path.IndexOf('/', StringComparison.Ordinal)] : "";

    private static string TypeOf(string path) => Path.GetFileNameWithoutExtension(path);

    private static string WithoutCommentsAndText(string code) => CommentOrText().Replace(code, " ");

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|\$*\"\"\".*?\"\"\"|\$?@\$?"(?:[^"]|"")*"|\$?"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\])+'""", RegexOptions.Singleline)]
    private static partial Regex CommentOrText();

    [GeneratedRegex(@"\bPersistence\s*\.\s*(?<folder>\w+)")]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"(?<![\w.])(?<folder>[A-Z]\w+)\s*\.\s*(?<type>[A-Z]\w+)")]
    private static partial Regex RelativeName();

    [GeneratedRegex(@"\bnamespace\s+(?<name>[\w.]+)")]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\b(?:DllImport|LibraryImport|DllImportAttribute|LibraryImportAttribute)\b")]
    private static partial Regex NativeCall();
}

using System.Globalization;
using Persistence.Entities;

namespace Persistence.CrashKit.Entities;

/// <summary>
/// The keys of what entities and their tables are. A writer has entities and tables of its own, of which every later state is exactly known; some entities are shared by all, where writers meet.
/// </summary>
internal static class EntityKeys
{
    private const string Mark = "/@";
    private const string SharedPart = "shared/@";

    /// <summary>Whether it is one of these keys.</summary>
    public static bool Is(string key) => key.Contains(Mark, StringComparison.Ordinal);

    /// <summary>What all keys of a writer's own begin with.</summary>
    public static string PrefixOf(int writer) => string.Create(CultureInfo.InvariantCulture, $"writer-{writer}{Mark}");

    /// <summary>The list of the ids that a writer has used.</summary>
    public static string Ledger(int writer) => PrefixOf(writer) + "ledger";

    /// <summary>A table of a writer's own.</summary>
    public static string Schema(int writer, string table) => $"{SchemaPrefix(writer)}{table}";

    public static string SchemaPrefix(int writer) => PrefixOf(writer) + "schema/";

    /// <summary>A component of an entity of a writer's own.</summary>
    public static string Component(int writer, EntityId entity, string table) => $"{PrefixOf(writer)}{entity}/{table}";

    /// <summary>A component of an entity that is shared.</summary>
    public static string Shared(int number, string table) => string.Create(CultureInfo.InvariantCulture, $"{SharedPart}{number}/{table}");

    /// <summary>Something that should not be.</summary>
    public static string Wrong(string what) => SharedPart + what;

    /// <summary>Whether a write is of a shared entity; which, and of which of its components.</summary>
    public static bool TryParseShared(string key, out int number, out string table)
    {
        (number, table) = (0, "");
        if (!key.StartsWith(SharedPart, StringComparison.Ordinal))
            return false;
        string[] parts = key[SharedPart.Length..].Split('/');
        table = parts[^1];
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}

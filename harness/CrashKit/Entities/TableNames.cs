using System.Globalization;

namespace Persistence.CrashKit.Entities;

/// <summary>Names of tables of writers' own: a key that no other table ever has, and in it whose it is; when the table was renamed, something behind it.</summary>
internal static class TableNames
{
    private const char KeyMark = 't';
    private const char NameMark = '-';

    /// <summary>The key, and first name, of a table that an operation creates.</summary>
    /// <param name="operation">The operation's id: epoch, writer, and more.</param>
    public static string NewKey(string operation) => $"{KeyMark}{operation}";

    /// <summary>The key of a table, and whose it is.</summary>
    /// <returns>Whether it is one of a writer's own.</returns>
    public static bool TryParse(string name, out int writer, out string key)
    {
        int mark = name.IndexOf(NameMark, StringComparison.Ordinal);
        key = mark < 0 ? name : name[..mark];
        string[] parts = key.Split('.');
        writer = 0;
        return key.StartsWith(KeyMark) && parts.Length > 1 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out writer);
    }
}

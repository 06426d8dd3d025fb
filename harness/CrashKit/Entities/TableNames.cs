using System.Globalization;

namespace Persistence.CrashKit.Entities;

/// <summary>
/// Names of tables of writers' own: a key that no other table ever has, and in it whose it is; when the table was renamed, by what; the number of the field that came next when it got its name. By that it is known when the last field was dropped.
/// </summary>
internal static class TableNames
{
    private const char KeyMark = 't';
    private const char NameMark = '-';

    /// <summary>The key of a table that an operation creates.</summary>
    /// <param name="operation">The operation's id: epoch, writer, and more.</param>
    public static string NewKey(string operation) => $"{KeyMark}{operation}";

    /// <summary>The first name of a table.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="nextField">The number of its next field.</param>
    public static string First(string key, int nextField) => string.Create(CultureInfo.InvariantCulture, $"{key}{NameMark}{nextField}");

    /// <summary>Another name for a table.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="operation">The id of the operation that renames it.</param>
    /// <param name="nextField">The number of its next field.</param>
    public static string Another(string key, string operation, int nextField) => First($"{key}{NameMark}{operation}", nextField);

    /// <summary>The number of the field that came next when a table got its name; 0: the name does not say.</summary>
    public static int NextFieldOf(string name) => int.TryParse(name[(name.LastIndexOf(NameMark) + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int next) ? next : 0;

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

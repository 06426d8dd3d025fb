namespace Persistence.Storage;

/// <summary>
/// A checked path inside a store: a directory of the store (empty for the store's own) and a name in it. Every
/// implementation parses its paths here, so that all of them refuse the same mistakes.
/// </summary>
/// <param name="Directory">The directory's name, or empty for the store's directory.</param>
/// <param name="Name">The name in that directory.</param>
internal readonly record struct StorePath(string Directory, string Name)
{
    /// <summary>Parses the path of a file: one or two components.</summary>
    /// <exception cref="ArgumentException">The path is not one a store can hold.</exception>
    public static StorePath ParseFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        int separator = path.IndexOf('/', StringComparison.Ordinal);
        StorePath parsed = separator < 0 ? new("", path) : new(path[..separator], path[(separator + 1)..]);
        if (!IsName(parsed.Name) || (separator >= 0 && !IsName(parsed.Directory)))
            throw Refuse(path);
        return parsed;
    }

    /// <summary>Checks the path of a directory: one component, or empty for the store's own.</summary>
    /// <exception cref="ArgumentException">The path is not one a store can hold.</exception>
    public static string ParseDirectory(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.Length == 0 || IsName(path) ? path : throw Refuse(path);
    }

    /// <summary>
    /// Whether a component may be used in a path. The colon is refused everywhere because it names drives and streams on
    /// Windows, half surrogates and the replacement character because two such names could be one on disk.
    /// </summary>
    public static bool IsName(ReadOnlySpan<char> name) =>
        name.Length > 0
        && name is not "." and not ".."
        && name.IndexOfAny("/\\:\0\uFFFD") < 0
        && IsWellFormed(name);

    private static bool IsWellFormed(ReadOnlySpan<char> name)
    {
        if (name.IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
            return true;
        foreach (System.Text.Rune rune in name.EnumerateRunes())
        {
            if (rune == System.Text.Rune.ReplacementChar)
                return false;
        }
        return true;
    }

    private static ArgumentException Refuse(string path) =>
        new($"'{path}' is not a path inside a store: one or two names separated by '/', without '.', '..', '\\', ':' or NUL.", nameof(path));
}

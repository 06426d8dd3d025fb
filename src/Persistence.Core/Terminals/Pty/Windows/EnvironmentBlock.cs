using System.Text;

namespace Persistence.Terminals.Pty.Windows;

/// <summary>An environment as Windows takes it: each variable ends with a NUL, the block with one more, and they are sorted by their names without regard to case.</summary>
internal static class EnvironmentBlock
{
    /// <summary>The block, in UTF-16.</summary>
    /// <exception cref="ArgumentException">Two names differ only in case: on Windows they are one variable.</exception>
    public static string Build(IReadOnlyDictionary<string, string> environment)
    {
        SortedDictionary<string, string> sorted = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string value) in environment)
        {
            if (!sorted.TryAdd(name, value))
                throw new ArgumentException($"The environment has the variable '{name}' twice: names are compared without regard to case.", nameof(environment));
        }
        StringBuilder block = new();
        foreach ((string name, string value) in sorted)
            block.Append(name).Append('=').Append(value).Append('\0');
        // An empty block ends with two as well.
        return block.Append(sorted.Count == 0 ? "\0\0" : "\0").ToString();
    }
}

namespace Persistence.Configuration;

/// <summary>A file of tables with keys, as it was written.</summary>
/// <param name="Tables">Its tables, in their order.</param>
/// <param name="Entries">Its keys, in their order.</param>
internal sealed record TomlDocument(IReadOnlyList<TomlTable> Tables, IReadOnlyList<TomlEntry> Entries)
{
    public static TomlDocument Empty { get; } = new([], []);
}

namespace Persistence.Configuration;

/// <summary>The header of a table, where it stands.</summary>
/// <param name="Name">The table's name.</param>
/// <param name="Place">Where its name stands.</param>
internal readonly record struct TomlTable(string Name, TomlPlace Place);

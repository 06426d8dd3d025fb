namespace Persistence.Configuration;

/// <summary>A place in a text.</summary>
/// <param name="Offset">Its index in the string.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, in characters (Unicode scalar values) from 1.</param>
internal readonly record struct TomlPlace(int Offset, int Line, int Column);

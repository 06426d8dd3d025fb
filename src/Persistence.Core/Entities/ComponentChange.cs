namespace Persistence.Entities;

/// <summary>Values of a component as a record of the log has them.</summary>
/// <param name="Table">The table's number.</param>
/// <param name="TableName">Its name; null when the schema at hand does not have it.</param>
/// <param name="Values">
/// What was written, by the names of the fields; of one that the schema at hand does not have by its number, as <c>#3</c>, and as plain data: a reference is an integer then, a time one too.
/// </param>
public sealed record ComponentChange(int Table, string? TableName, IReadOnlyDictionary<string, object?> Values);

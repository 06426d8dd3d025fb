namespace Persistence.Entities;

/// <summary>A member of a type of components, and the field that it is of a table.</summary>
/// <param name="Field">The field.</param>
/// <param name="Index">Its place among the others.</param>
/// <param name="Type">What the member is as a field: the field's type, or one that it holds all values of.</param>
/// <param name="Writer">Writes the member.</param>
internal sealed record BoundMember<T>(FieldSchema Field, int Index, FieldType Type, MemberWriter<T> Writer);

namespace Persistence.Serialization;

#pragma warning disable CA1711 // It stands in for an enumeration; the name says so.

/// <summary>
/// A value of an enumeration whose type is not loaded, is no longer an enumeration, or has another underlying type than
/// when it was written. Writing it again writes what was read.
/// </summary>
/// <param name="TypeName">The type's full name, without its assembly.</param>
/// <param name="Value">The number: <see cref="sbyte"/>, <see cref="byte"/>, <see cref="short"/>, <see cref="ushort"/>, <see cref="int"/>, <see cref="uint"/>, <see cref="long"/> or <see cref="ulong"/>.</param>
public sealed record UnresolvedEnum(string TypeName, object Value);

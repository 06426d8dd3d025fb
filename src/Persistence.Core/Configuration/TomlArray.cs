namespace Persistence.Configuration;

/// <summary>The items of a list in brackets, in their order.</summary>
/// <param name="Items">Each a <see cref="long"/>, a <see cref="bool"/> or a <see cref="string"/>.</param>
/// <param name="Places">Where each stands.</param>
internal sealed record TomlArray(IReadOnlyList<object> Items, IReadOnlyList<TomlPlace> Places);

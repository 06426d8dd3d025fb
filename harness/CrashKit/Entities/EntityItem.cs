namespace Persistence.CrashKit.Entities;

/// <summary>Something that a store's entities are, as an item: to whoever judges a store it is like any other.</summary>
/// <param name="Key">Whose it is, and what.</param>
/// <param name="Text">What it is: said as it stands, or, of a tag, as values of items are.</param>
/// <param name="IsTag">Whether it is a tag: a text that an operation has said it would write.</param>
internal readonly record struct EntityItem(string Key, string Text, bool IsTag = false);

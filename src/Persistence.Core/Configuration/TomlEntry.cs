namespace Persistence.Configuration;

/// <summary>A key with its value, where it stands.</summary>
/// <param name="Section">The table it is in; empty before the first.</param>
/// <param name="Key">Its name.</param>
/// <param name="Value">A <see cref="long"/>, a <see cref="bool"/>, a <see cref="string"/> or a <see cref="TomlArray"/>.</param>
/// <param name="KeyPlace">Where its name stands.</param>
/// <param name="ValuePlace">Where its value stands.</param>
/// <param name="ValueLength">How many characters the value takes in the text.</param>
internal readonly record struct TomlEntry(string Section, string Key, object Value, TomlPlace KeyPlace, TomlPlace ValuePlace, int ValueLength)
{
    /// <summary>The index behind its value, which may have begun lines above.</summary>
    public int End => ValuePlace.Offset + ValueLength;
}

namespace Persistence.Serialization;

/// <summary>Extension types of the value codec, as FORMAT.md describes them. On disk, never change; a new one takes a new number.</summary>
internal static class ValueExtension
{
    public const sbyte Utf16String = 1;
    public const sbyte Char = 2;
    public const sbyte Decimal = 3;
    public const sbyte BigInteger = 4;
    public const sbyte DateTime = 5;
    public const sbyte DateTimeOffset = 6;
    public const sbyte TimeSpan = 7;
    public const sbyte Guid = 8;
    public const sbyte DateOnly = 9;
    public const sbyte TimeOnly = 10;
    public const sbyte Version = 11;
    public const sbyte Uri = 12;
    public const sbyte OrderedMap = 13;
    public const sbyte PropertyBag = 14;
    public const sbyte TypedArray = 15;
    public const sbyte Enum = 16;
}

namespace Persistence.Serialization;

/// <summary>The names that tell a hint from data in JSON. In files people keep, never change.</summary>
internal static class JsonHint
{
    /// <summary>What every hint begins with.</summary>
    public const char Mark = '$';

    /// <summary>What the hint of a typed array ends with, after the name of its elements.</summary>
    public const string ArraySuffix = "[]";

    public const string Bytes = "$Bytes";
    public const string Utf16 = "$Utf16";
    public const string LocalDateTime = "$LocalDateTime";
    public const string RelativeUri = "$RelativeUri";
    public const string Hashtable = "$Hashtable";
    public const string Ordered = "$Ordered";
    public const string Object = "$Object";
    public const string Types = "$Types";
    public const string Enum = "$Enum";
    public const string Value = "$Value";
}

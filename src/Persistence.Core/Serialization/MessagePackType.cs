namespace Persistence.Serialization;

#pragma warning disable CA1720 // Integer, Float and String are the specification's own names.

/// <summary>What the next MessagePack value is.</summary>
public enum MessagePackType
{
    /// <summary>A first byte that the specification says is never used.</summary>
    Invalid,

    /// <summary>Nil.</summary>
    Nil,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A signed or unsigned integer of any width.</summary>
    Integer,

    /// <summary>A float of 32 or 64 bits.</summary>
    Float,

    /// <summary>A string.</summary>
    String,

    /// <summary>Bytes.</summary>
    Binary,

    /// <summary>A header that says how many values follow.</summary>
    Array,

    /// <summary>A header that says how many pairs of values follow.</summary>
    Map,

    /// <summary>A type number and bytes.</summary>
    Extension,
}

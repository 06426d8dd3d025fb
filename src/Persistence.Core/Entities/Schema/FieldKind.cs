namespace Persistence.Entities;

#pragma warning disable CA1720 // What the types are called is what people look for.

/// <summary>What one value of a field is. On disk, never change.</summary>
public enum FieldKind : byte
{
    /// <summary>Nothing: not a kind.</summary>
    None = 0,

    /// <summary>True or false.</summary>
    Bool = 1,

    /// <summary>A signed integer of 8 bits.</summary>
    Int8 = 2,

    /// <summary>A signed integer of 16 bits.</summary>
    Int16 = 3,

    /// <summary>A signed integer of 32 bits.</summary>
    Int32 = 4,

    /// <summary>A signed integer of 64 bits.</summary>
    Int64 = 5,

    /// <summary>An unsigned integer of 8 bits.</summary>
    UInt8 = 6,

    /// <summary>An unsigned integer of 16 bits.</summary>
    UInt16 = 7,

    /// <summary>An unsigned integer of 32 bits.</summary>
    UInt32 = 8,

    /// <summary>An unsigned integer of 64 bits.</summary>
    UInt64 = 9,

    /// <summary>A float of 32 bits.</summary>
    Float32 = 10,

    /// <summary>A float of 64 bits.</summary>
    Float64 = 11,

    /// <summary>A text, or null.</summary>
    String = 12,

    /// <summary>Bytes, or null.</summary>
    Bytes = 13,

    /// <summary>A Guid.</summary>
    Guid = 14,

    /// <summary>A moment, in units of 100 ns.</summary>
    Time = 15,

    /// <summary>A length of time, in units of 100 ns.</summary>
    Duration = 16,

    /// <summary>Another entity, or none.</summary>
    Reference = 17,
}

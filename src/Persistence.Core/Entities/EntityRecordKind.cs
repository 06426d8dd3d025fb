namespace Persistence.Entities;

/// <summary>Kinds of entity records. On disk, never change.</summary>
public enum EntityRecordKind : byte
{
    /// <summary>Nothing: not a kind.</summary>
    None = 0,

    /// <summary>A table was created.</summary>
    TableCreated = 1,

    /// <summary>A table has another name.</summary>
    TableRenamed = 2,

    /// <summary>A table was dropped, with all its components.</summary>
    TableDropped = 3,

    /// <summary>A table has one more field.</summary>
    FieldAdded = 4,

    /// <summary>A field has another name.</summary>
    FieldRenamed = 5,

    /// <summary>A table has a field less.</summary>
    FieldDropped = 6,

    /// <summary>A field has a wider type.</summary>
    FieldWidened = 7,

    /// <summary>An entity was created, with components.</summary>
    EntityCreated = 8,

    /// <summary>An entity was deleted, with its components.</summary>
    EntityDeleted = 9,

    /// <summary>An entity has one more component.</summary>
    ComponentAdded = 10,

    /// <summary>An entity's component was set, whether it was there or not.</summary>
    ComponentSet = 11,

    /// <summary>Fields of an entity's component were changed.</summary>
    ComponentChanged = 12,

    /// <summary>An entity has a component less.</summary>
    ComponentRemoved = 13,
}

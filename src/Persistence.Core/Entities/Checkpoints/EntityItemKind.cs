namespace Persistence.Entities;

/// <summary>What an item of a checkpoint is. On disk, never change.</summary>
internal enum EntityItemKind : byte
{
    /// <summary>What is not in any of the others.</summary>
    Head = 0,

    /// <summary>A table.</summary>
    Table = 1,

    /// <summary>A set of tables.</summary>
    Archetype = 2,

    /// <summary>What slots are.</summary>
    Entities = 3,

    /// <summary>Slots whose component of a table is gone.</summary>
    ComponentsRemoved = 4,

    /// <summary>Components of a table, by columns.</summary>
    Components = 5,
}

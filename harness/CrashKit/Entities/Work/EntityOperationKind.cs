namespace Persistence.CrashKit.Entities.Work;

/// <summary>What an operation does to a writer's own entities and tables. Kept in files: never change a number.</summary>
internal enum EntityOperationKind : byte
{
    /// <summary>Creates one or two entities, with components of several tables or none.</summary>
    Create = 0,

    /// <summary>Adds, sets or changes a component.</summary>
    Put = 1,

    /// <summary>Removes a component.</summary>
    Remove = 2,

    /// <summary>Deletes one or two entities.</summary>
    Delete = 3,

    /// <summary>Several of these.</summary>
    Several = 4,

    /// <summary>Notes that something was done to shared entities in the same transaction, and a few of these.</summary>
    Audit = 5,

    /// <summary>More than fits into a small frame.</summary>
    Large = 6,

    /// <summary>A few of these and something that cannot be: all of it has to be refused.</summary>
    Refused = 7,

    /// <summary>Changes a table: creates, renames or drops it; adds, renames, drops or widens a field.</summary>
    Schema = 8,
}

namespace Persistence.Diagnostics;

/// <summary>What went wrong, by name. The names are the error ids users see and never change.</summary>
public enum StoreError
{
    /// <summary>The path holds no store (or a creation that was cut short, which creating again completes).</summary>
    StoreNotFound,

    /// <summary>Creating was asked for and a store is there already.</summary>
    StoreExists,

    /// <summary>Another process holds the store for writing, or waits for it, and nobody was to wait.</summary>
    StoreLocked,

    /// <summary>The handle was closed.</summary>
    StoreClosed,

    /// <summary>An earlier write or flush failed: this handle accepts no more changes. Reopen to recover.</summary>
    StoreFaulted,

    /// <summary>A file belongs to another store, or the directory is not a store and not empty.</summary>
    StoreMismatch,

    /// <summary>Strict recovery refused: choose a mode.</summary>
    RecoveryRequired,

    /// <summary>Bytes below the proven end of the log do not match their checksum.</summary>
    ChecksumMismatch,

    /// <summary>Bytes whose checksum holds are not what the format says they must be.</summary>
    MalformedData,

    /// <summary>A segment between the oldest needed and the active one is missing.</summary>
    SequenceGap,

    /// <summary>The log ends in an incomplete frame.</summary>
    TornTail,

    /// <summary>No usable checkpoint with the log it needs.</summary>
    CheckpointInvalid,

    /// <summary>There is no checkpoint of that id.</summary>
    CheckpointNotFound,

    /// <summary>Written by a newer version than this one understands.</summary>
    UnsupportedFormatVersion,

    /// <summary>The log is shorter than what was promised durable.</summary>
    DurabilityLost,

    /// <summary>No space left. Nothing acknowledged is lost; the store works again when there is space.</summary>
    DiskFull,

    /// <summary>The file system is read-only.</summary>
    ReadOnlyFileSystem,

    /// <summary>The operating system denied access.</summary>
    AccessDenied,

    /// <summary>The process or the system has too many open files.</summary>
    TooManyOpenFiles,

    /// <summary>The device or file system failed in another way; the message has the system's error.</summary>
    StorageFailed,

    /// <summary>The store's lock was waited for and not obtained in time.</summary>
    LockTimeout,

    /// <summary>The last waits for the store's lock all ran out: for a while nobody waits for it.</summary>
    CircuitOpen,

    /// <summary>The transaction was rolled back.</summary>
    TransactionAborted,

    /// <summary>A transaction nested in this one is open.</summary>
    NestedTransaction,

    /// <summary>A validator of the transaction was not met.</summary>
    ValidationFailed,

    /// <summary>A codec that a file needs cannot be loaded; the message says which library to install.</summary>
    CompressionUnavailable,

    /// <summary>An option or configuration key is out of range.</summary>
    ConfigurationInvalid,

    /// <summary>The value holds something that is not data; the message names the path inside it.</summary>
    ValueNotSupported,

    /// <summary>The position was truncated away.</summary>
    LogTruncated,

    /// <summary>The position lies in a gap of the log.</summary>
    PositionNotInLog,

    /// <summary>The record exceeds the largest size a record may have.</summary>
    RecordTooLarge,

    /// <summary>A directory holds no backup, or a damaged one, or one that cannot be built on.</summary>
    BackupInvalid,

    /// <summary>The handle is open for reading only.</summary>
    StoreReadOnly,

    /// <summary>A program could not be started on a pseudo-terminal.</summary>
    PtySpawnFailed,

    /// <summary>There is no terminal session of that id or name.</summary>
    SessionNotFound,

    /// <summary>A terminal session of that name exists.</summary>
    SessionExists,

    /// <summary>There is no terminal window of that id.</summary>
    WindowNotFound,

    /// <summary>The session has a window of that index.</summary>
    WindowExists,

    /// <summary>There is no terminal pane of that id.</summary>
    PaneNotFound,

    /// <summary>No program runs in the pane.</summary>
    PaneNotRunning,

    /// <summary>A layout does not hold each pane of its window once.</summary>
    LayoutInvalid,

    /// <summary>There is no such entity, and there never was.</summary>
    EntityNotFound,

    /// <summary>The entity of an id was deleted; its slot may have another one.</summary>
    StaleEntity,

    /// <summary>There is no such table of components.</summary>
    TableNotFound,

    /// <summary>There is a table of that name already.</summary>
    TableExists,

    /// <summary>A table has no such field.</summary>
    FieldNotFound,

    /// <summary>A table has a field of that name already.</summary>
    FieldExists,

    /// <summary>A value of a component is not of the type of its field.</summary>
    ComponentTypeMismatch,

    /// <summary>A table cannot become what is asked for: a field's new type would not hold each of its values, say.</summary>
    SchemaIncompatible,

    /// <summary>An entity has no such component.</summary>
    ComponentNotFound,

    /// <summary>An entity has such a component already.</summary>
    ComponentExists,

    /// <summary>A reference is to an entity that does not exist, or was deleted.</summary>
    ReferenceDangling,
}

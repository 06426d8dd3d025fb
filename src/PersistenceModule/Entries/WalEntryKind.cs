namespace PersistenceModule;

/// <summary>What an entry of the log records.</summary>
public enum WalEntryKind
{
    /// <summary>Something this version of the module has no name for.</summary>
    Other,

    /// <summary>A state item was written.</summary>
    StateItemSet,

    /// <summary>A state item was removed, or was not there when its removal was asked for.</summary>
    StateItemRemoved,

    /// <summary>An application record.</summary>
    Record,

    /// <summary>A checkpoint was published.</summary>
    Checkpoint,

    /// <summary>A file was written.</summary>
    FileWritten,

    /// <summary>A file was removed, or was not there when its removal was asked for.</summary>
    FileRemoved,

    /// <summary>A transaction that takes several frames of the log begins; of one that takes a single frame nothing is noted.</summary>
    TransactionBegun,

    /// <summary>A transaction that takes several frames ends: it counts.</summary>
    TransactionCommitted,

    /// <summary>A transaction that takes several frames ends: nothing of it counts, and none of its entries is shown.</summary>
    TransactionAborted,

    /// <summary>A transaction was rolled back: a note, made when the store was opened with -AuditTransactions.</summary>
    TransactionRolledBack,

    /// <summary>What was committed before it has been done to the files, in their directory.</summary>
    FilesInPlace,

    /// <summary>A terminal session was created.</summary>
    SessionCreated,

    /// <summary>A terminal session was removed, with its windows and panes.</summary>
    SessionDestroyed,

    /// <summary>A terminal session got another name.</summary>
    SessionRenamed,

    /// <summary>Something is said of a terminal session.</summary>
    SessionMetadataSet,

    /// <summary>It is no longer said.</summary>
    SessionMetadataUnset,

    /// <summary>A variable is said to be in, or not to be in, the environment of what is started in a terminal session.</summary>
    SessionEnvironmentSet,

    /// <summary>Nothing is said of it any more.</summary>
    SessionEnvironmentUnset,

    /// <summary>A terminal window was created.</summary>
    WindowCreated,

    /// <summary>A terminal window was removed, with its panes.</summary>
    WindowDestroyed,

    /// <summary>A terminal window got another name.</summary>
    WindowRenamed,

    /// <summary>A terminal window got another index, or is in another session.</summary>
    WindowMoved,

    /// <summary>The panes of a terminal window share its place in another way.</summary>
    WindowLayout,

    /// <summary>A terminal pane was created.</summary>
    PaneCreated,

    /// <summary>A terminal pane was removed.</summary>
    PaneDestroyed,

    /// <summary>A terminal pane got another size.</summary>
    PaneResized,

    /// <summary>A program was started in a terminal pane, has ended, or was let go of.</summary>
    PaneState,

    /// <summary>A terminal pane got another title.</summary>
    PaneTitle,

    /// <summary>The program in a terminal pane is in another directory.</summary>
    PaneWorkingDirectory,

    /// <summary>The program in a terminal pane has written something.</summary>
    PaneOutput,

    /// <summary>Another window of a terminal session is active.</summary>
    ActiveWindow,

    /// <summary>Another pane of a terminal window is active.</summary>
    ActivePane,

    /// <summary>Another program is to run in a terminal pane when one is started next, or in another way.</summary>
    PaneConfigured,

    /// <summary>More or less output is kept of terminal panes that say nothing else.</summary>
    ScrollbackLimits,

    /// <summary>A table of components was created.</summary>
    TableCreated,

    /// <summary>A table of components got another name.</summary>
    TableRenamed,

    /// <summary>A table of components was removed, with all its components.</summary>
    TableDropped,

    /// <summary>A table of components got one more field.</summary>
    FieldAdded,

    /// <summary>A field of a table got another name.</summary>
    FieldRenamed,

    /// <summary>A field of a table was removed, with its values.</summary>
    FieldDropped,

    /// <summary>A field of a table got a wider type.</summary>
    FieldWidened,

    /// <summary>An entity was created, with components.</summary>
    EntityCreated,

    /// <summary>An entity was deleted, with its components.</summary>
    EntityDeleted,

    /// <summary>An entity got one more component.</summary>
    ComponentAdded,

    /// <summary>A component of an entity was set, whether it was there or not.</summary>
    ComponentSet,

    /// <summary>Fields of a component were changed.</summary>
    ComponentChanged,

    /// <summary>A component of an entity was removed.</summary>
    ComponentRemoved,
}

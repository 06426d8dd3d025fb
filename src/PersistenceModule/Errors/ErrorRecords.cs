using System.Management.Automation;
using System.Management.Automation.Language;
using Persistence.Diagnostics;
using Persistence.Locking;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>
/// Makes every error record of the module. The id is the error's name, the target what the command was working on: a path, a
/// key, a type name, never a value.
/// </summary>
internal static class ErrorRecords
{
    private const string ConflictAction = "Run the transaction again: nothing of it was logged. Use-WalTransaction does so by itself with -RetryCount.";
    private const string LockedByItselfAction = "Find the handle with Get-WalStore. Use it with -Store where the command has that, or close it with Close-WalStore. If a command in another runspace has opened the store, wait for it with -LockTimeout.";

    private static readonly ErrorDescription Unknown = new(ErrorCategory.InvalidResult, "See about_PersistenceModule.");

    /// <summary>Every error of the engine. A test holds the table against the enumeration.</summary>
    internal static IReadOnlyDictionary<StoreError, ErrorDescription> Descriptions { get; } = new Dictionary<StoreError, ErrorDescription>
    {
        [StoreError.StoreNotFound] = new(ErrorCategory.ObjectNotFound, "Check the path, or create the store with New-WalStore."),
        [StoreError.StoreExists] = new(ErrorCategory.ResourceExists, "Open the store with Open-WalStore, or choose another directory."),
        [StoreError.StoreLocked] = new(ErrorCategory.ResourceBusy, "Wait for the other writer with Open-WalStore -LockTimeout or the configuration's lock.timeout_ms, close its handle with Close-WalStore, or open the store with -ReadOnly."),
        [StoreError.StoreClosed] = new(ErrorCategory.InvalidOperation, "Open the store again with Open-WalStore."),
        [StoreError.StoreFaulted] = new(ErrorCategory.WriteError, "Close the handle and open the store again: opening recovers everything that was acknowledged."),
        [StoreError.StoreMismatch] = new(ErrorCategory.InvalidData, "Put the store's own files back, or choose another directory."),
        [StoreError.RecoveryRequired] = new(ErrorCategory.InvalidData, "Look at the plan with Invoke-Recovery -Mode TolerateTail -WhatIf, then run it without -WhatIf."),
        [StoreError.ChecksumMismatch] = new(ErrorCategory.InvalidData, "Run Test-WalIntegrity -Detailed, and recover or restore the store."),
        [StoreError.MalformedData] = new(ErrorCategory.InvalidData, "Run Test-WalIntegrity -Detailed, and report the error."),
        [StoreError.SequenceGap] = new(ErrorCategory.InvalidData, "Put the missing segment back or restore a backup. What is left without it, the plan of Invoke-Recovery -Mode TolerateTail -WhatIf shows, unless the message says that nothing is."),
        [StoreError.TornTail] = new(ErrorCategory.InvalidData, "Open the store for writing: recovery drops what was never acknowledged."),
        [StoreError.CheckpointInvalid] = new(ErrorCategory.InvalidData, "Run Test-WalIntegrity -Detailed: an older checkpoint may do, if the log it needs is there."),
        [StoreError.CheckpointNotFound] = new(ErrorCategory.ObjectNotFound, "List the checkpoints with Get-Checkpoint."),
        [StoreError.UnsupportedFormatVersion] = new(ErrorCategory.NotImplemented, "Use a newer version of the module."),
        [StoreError.DurabilityLost] = new(ErrorCategory.InvalidData, "Look at the plan with Invoke-Recovery -Mode TolerateTail -WhatIf, or restore a backup."),
        [StoreError.DiskFull] = new(ErrorCategory.ResourceUnavailable, "Free some space, then try again."),
        [StoreError.ReadOnlyFileSystem] = new(ErrorCategory.PermissionDenied, "Mount the file system for writing, or open the store with -ReadOnly."),
        [StoreError.AccessDenied] = new(ErrorCategory.PermissionDenied, "Check who owns the store's files: they are private to their owner."),
        [StoreError.TooManyOpenFiles] = new(ErrorCategory.ResourceUnavailable, "Close handles, or raise the limit of open files."),
        [StoreError.StorageFailed] = new(ErrorCategory.DeviceError, "Check the device and its file system."),
        [StoreError.LockTimeout] = new(ErrorCategory.OperationTimeout, "Have the process the message names close the store, or wait longer with -LockTimeout. Open-WalStore -ReadOnly reads it at any time."),
        [StoreError.CircuitOpen] = new(ErrorCategory.ResourceUnavailable, "Find out with Get-WalStore -Path which process keeps the store open, and try again when the time is up; without -LockTimeout at once."),
        [StoreError.TransactionAborted] = new(ErrorCategory.OperationStopped, "Unless it was committed, nothing of it was logged. If it is still current, end it with Undo-WalTransaction; correct what the message and errors before this one name, and run it again."),
        [StoreError.NestedTransaction] = new(ErrorCategory.InvalidOperation, "End the transaction nested in it first, with Complete-WalTransaction or Undo-WalTransaction."),
        [StoreError.ValidationFailed] = new(ErrorCategory.InvalidData, "Correct what the validator objects to, and run the transaction again: nothing of it was logged."),
        [StoreError.CompressionUnavailable] = new(ErrorCategory.NotInstalled, "Install the library the message names."),
        [StoreError.ConfigurationInvalid] = new(ErrorCategory.InvalidArgument, "Correct what the message names. Get-Help Set-WalConfiguration -Full lists the keys."),
        [StoreError.ValueNotSupported] = new(ErrorCategory.InvalidType, "Leave out what is not data, for example with Select-Object, or store a property of it."),
        [StoreError.LogTruncated] = new(ErrorCategory.ObjectNotFound, "Start at a later position, or keep more log with -LogRetainBytes, -LogRetainSegments and -LogRetainFor, or all of it with -ArchiveLog."),
        [StoreError.PositionNotInLog] = new(ErrorCategory.ObjectNotFound, "Use the Lsn, or the Time, of an entry that Get-WalEntry returns."),
        [StoreError.RecordTooLarge] = new(ErrorCategory.LimitsExceeded, "Store less at once: split the value, or the transaction."),
        [StoreError.BackupInvalid] = new(ErrorCategory.InvalidData, "Use another backup, or take a full one into a directory of its own."),
        [StoreError.StoreReadOnly] = new(ErrorCategory.InvalidOperation, "Open the store without -ReadOnly."),
        [StoreError.PtySpawnFailed] = new(ErrorCategory.OpenError, "Correct the command or the directory that the message names. A pane that is there is started with Restart-TerminalPane."),
        [StoreError.SessionNotFound] = new(ErrorCategory.ObjectNotFound, "List the sessions with Get-TerminalSession."),
        [StoreError.SessionExists] = new(ErrorCategory.ResourceExists, "Choose another name, or use the session that has it."),
        [StoreError.WindowNotFound] = new(ErrorCategory.ObjectNotFound, "List the windows with Get-TerminalWindow."),
        [StoreError.WindowExists] = new(ErrorCategory.ResourceExists, "Choose another index, or leave it out."),
        [StoreError.PaneNotFound] = new(ErrorCategory.ObjectNotFound, "List the panes with Get-TerminalPane."),
        [StoreError.PaneNotRunning] = new(ErrorCategory.InvalidOperation, "Start a program in the pane with Restart-TerminalPane, or all that were running with Restore-TerminalSession."),
        [StoreError.EntityNotFound] = new(ErrorCategory.ObjectNotFound, "List the entities with Find-Entity."),
        [StoreError.StaleEntity] = new(ErrorCategory.ObjectNotFound, "The id is of the past: find what is there now with Find-Entity."),
        [StoreError.TableNotFound] = new(ErrorCategory.ObjectNotFound, "List the tables with Get-EntityTable, or create the table with New-EntityTable."),
        [StoreError.TableExists] = new(ErrorCategory.ResourceExists, "Choose another name, or change the table that has it, with Add-EntityField for example."),
        [StoreError.FieldNotFound] = new(ErrorCategory.ObjectNotFound, "Give the name of a field of the table, or add it with Add-EntityField."),
        [StoreError.FieldExists] = new(ErrorCategory.ResourceExists, "Choose another name, or widen the field that has it with Set-EntityField."),
        [StoreError.ComponentTypeMismatch] = new(ErrorCategory.InvalidType, "Give a value of the field's type: Get-EntityTable shows the types."),
        [StoreError.SchemaIncompatible] = new(ErrorCategory.InvalidOperation, "Add another field with Add-EntityField, copy the values, and remove the old one."),
        [StoreError.ComponentNotFound] = new(ErrorCategory.ObjectNotFound, "Get-Entity shows which components the entity has; Set-EntityComponent adds one."),
        [StoreError.ComponentExists] = new(ErrorCategory.ResourceExists, "Give one component of each table; Set-EntityComponent changes one that is there."),
        [StoreError.ReferenceDangling] = new(ErrorCategory.InvalidData, "Refer to an entity that is there: Find-Entity finds it."),
        [StoreError.LayoutInvalid] = new(ErrorCategory.InvalidArgument, "Give each pane of the window one place in the layout."),
    };

    /// <summary>The record for a failure of the store.</summary>
    /// <param name="error">The failure.</param>
    /// <param name="target">What the command was working on.</param>
    /// <param name="directory">The full path of the store, which the details name; null where the failure is not about the store.</param>
    public static ErrorRecord From(StoreException error, object? target, string? directory)
    {
        ErrorDescription description = Descriptions.GetValueOrDefault(error.Error, Unknown);
        string id = error.Error.ToString();
        return error switch
        {
            StoreLockedException { Owner: LockOwner owner } when IsThisProcess(owner) =>
                Create(error, id, description.Category, DescribeLockedByItself(owner, directory), LockedByItselfAction, target),
            TransactionConflictException => Create(error, id, description.Category, $"{WithStore(error.Message, directory)} {ConflictAction}", ConflictAction, target),
            _ => Create(error, id, description.Category, WithStore(error.Message, directory), description.RecommendedAction, target),
        };
    }

    /// <summary>The record for a mistake in how a command was called.</summary>
    public static ErrorRecord From(WalCommandException error, object? target = null) =>
        Create(error, error.ErrorId, error.Category, error.Message, error.RecommendedAction, error.Target ?? target);

    public static WalCommandException StoreNotSpecified() => new(
        ErrorIds.StoreNotSpecified, ErrorCategory.InvalidArgument,
        "No store was given: neither -Path, -LiteralPath nor -Store, and the command does not run inside Use-WalStore.",
        "Give -Path or -Store, or put the command into the script block of Use-WalStore.");

    public static WalCommandException StoreIsNull() => new(
        ErrorIds.StoreNotSpecified, ErrorCategory.InvalidArgument,
        "The store is null: what was given as -Store, or came down the pipeline as one, is no open store.",
        "Check that New-WalStore or Open-WalStore succeeded.");

    public static WalCommandException StoreAmbiguous() => new(
        ErrorIds.StoreAmbiguous, ErrorCategory.InvalidArgument,
        "More than one of -Path, -LiteralPath and -Store was given, or a handle came down the pipeline beside one of them.",
        "Give one of them.");

    public static WalCommandException TransactionAmbiguous() => new(
        ErrorIds.StoreAmbiguous, ErrorCategory.InvalidArgument,
        "The pipeline brought more than one store; a transaction belongs to one. Nothing of it was logged.",
        "Run the command once for each store.");

    public static WalCommandException TransactionNotSpecified() => new(
        ErrorIds.TransactionNotSpecified, ErrorCategory.InvalidArgument,
        "No transaction was given, and none is current in this runspace.",
        "Give -Transaction, or begin one with Start-WalTransaction.");

    public static WalCommandException StoreNotOpen(string directory) => new(
        ErrorIds.StoreNotOpen, ErrorCategory.ObjectNotFound,
        $"This process has no handle open on '{directory}'. A handle is closed by the process that opened it.",
        "List the handles of this process with Get-WalStore. Get-WalStore -Path names the process that has a store open.", directory);

    /// <summary>As <see cref="StoreNotOpen"/>, for a command that starts programs or talks to them.</summary>
    public static WalCommandException StoreNotOpenToRun(string directory) => new(
        ErrorIds.StoreNotOpen, ErrorCategory.InvalidOperation,
        $"This process has no handle open for writing on '{directory}', and programs run only as long as one is.",
        "Open the store with Open-WalStore, or put the command into the script block of Use-WalStore, and close it when the programs are to end.", directory);

    public static WalCommandException OriginAmbiguous(string given, string origin) => new(
        ErrorIds.StoreAmbiguous, ErrorCategory.InvalidArgument,
        $"The store '{given}' was given, and an object that is of the store '{origin}'.",
        "Leave out the store: the object says which one it is of.", given);

    public static WalCommandException TransactionNotSupported() => new(
        ErrorIds.TransactionNotSupported, ErrorCategory.InvalidOperation,
        "Terminals cannot be part of a transaction, and one is open on the store: what programs do cannot be rolled back. Nothing was changed.",
        "Put the command before the transaction, or behind it.");

    /// <summary>As <see cref="TransactionNotSupported"/>, for tables.</summary>
    public static WalCommandException SchemaInTransaction() => new(
        ErrorIds.TransactionNotSupported, ErrorCategory.InvalidOperation,
        "Tables cannot be changed in a transaction, and one is open on the store. Nothing was changed.",
        "Put the command before the transaction, or behind it.");

    public static WalCommandException EntityIdInvalid(string text) =>
        ArgumentInvalid($"'{text}' is no entity's id. One looks like 17.2: slot and generation.");

    public static WalCommandException EntityIdIsNumber(string number) =>
        ArgumentInvalid($"The number {number} is no entity's id: as numbers 5.1 and 5.10 are the same, and as ids they are not. Put the id in quotes, or pass the entity itself.");

    public static WalCommandException NameInvalid(object? name) =>
        ArgumentInvalid($"Tables and fields are called by text; a {name?.GetType().Name ?? "null"} is none.");

    public static WalCommandException FieldGivenTwice(string table, string field) =>
        ArgumentInvalid($"The field '{field}' of a component '{table}' was given twice, in different cases.");

    public static WalCommandException ComponentsInvalid(object? input) => ItemInvalid(
        $"{Name(input)} says nothing of components.",
        "Give a hashtable with one component per table, as @{ Process = @{ Name = 'pwsh' } }, or say with -Table which table the values are of. Several entities come down the pipeline.", null);

    public static WalCommandException ComponentInvalid(string table, object? input) => ItemInvalid(
        $"{Name(input)} is no component of the table '{table}': it has no property that is called like one of the fields.",
        "Give a hashtable, as @{ Name = 'pwsh' }, or an object with properties that are called like fields. Get-EntityTable shows them.", null);

    public static WalCommandException PropertyUnreadable(string name, Exception cause) => ItemInvalid(
        $"The property '{name}' cannot be read: {cause.Message}",
        "Select the properties it can give.", null, cause);

    public static WalCommandException ReferenceOfOtherStore(EntityInfo entity, string storePath) => ItemInvalid(
        $"The entity {entity} is of the store '{entity.StorePath}': nothing in '{storePath}' can refer to it.",
        "Refer to an entity of the same store.", null);

    /// <summary>Text that the engine does not take.</summary>
    public static WalCommandException ArgumentInvalid(ArgumentException cause) =>
        ArgumentInvalid(cause.ParamName is null ? cause.Message : cause.Message.Split(" (Parameter", 2)[0], cause);

    public static WalCommandException ArgumentInvalid(string message, Exception? cause = null) =>
        new(ErrorIds.ArgumentInvalid, ErrorCategory.InvalidArgument, message, "Correct the parameters: Get-Help with -Full says what they take.", innerException: cause);

    public static WalCommandException OutputNotFound(string pattern, PaneId pane, bool isLive) => new(
        ErrorIds.OutputNotFound, isLive ? ErrorCategory.OperationTimeout : ErrorCategory.ObjectNotFound,
        $"{(isLive ? "Within the time given no" : "The program has ended, and no")} line of the output of pane {pane} matched '{pattern}'.",
        "Look at what there is with Receive-TerminalOutput; wait longer with -Timeout.", pane.Value);

    public static WalCommandException RangeAmbiguous() => new(
        ErrorIds.RangeAmbiguous, ErrorCategory.InvalidArgument,
        "-First and -Last were both given; they exclude each other.",
        "Give one of them, and narrow its range with -FromLsn, -ToLsn, -After or -Before.");

    public static WalCommandException KindAmbiguous() => new(
        ErrorIds.KindAmbiguous, ErrorCategory.InvalidArgument,
        "-Full and -Incremental were both given; they exclude each other.",
        "Give one of them, or neither: then the configuration decides.");

    public static WalCommandException CheckpointNotChosen() => new(
        ErrorIds.CheckpointNotChosen, ErrorCategory.InvalidArgument,
        "Neither -Id nor -Name says which checkpoints are meant.",
        "Give -Id or -Name; Get-Checkpoint lists them.");

    public static WalCommandException ItemInvalid(string message, string recommendedAction, object? target, Exception? cause = null) =>
        new(ErrorIds.ItemInvalid, ErrorCategory.InvalidData, message, recommendedAction, target, cause);

    public static WalCommandException PathNotFileSystem(string path, Exception? cause = null) => new(
        ErrorIds.PathNotFileSystem, ErrorCategory.InvalidArgument,
        $"The path '{path}' does not lead to the file system.",
        "Give the path of a directory.", path, cause);

    public static WalCommandException PathAmbiguous(string path, int count) => new(
        ErrorIds.PathAmbiguous, ErrorCategory.InvalidArgument,
        $"The path '{path}' leads to {count} directories; exactly one is needed.",
        "Give the path without wildcards, or with -LiteralPath.", path);

    public static WalCommandException KeyInvalid(string message) =>
        new(ErrorIds.KeyInvalid, ErrorCategory.InvalidArgument, message, "Use a key of 1 to 4,096 bytes of UTF-8.");

    public static WalCommandException PatternInvalid(string pattern, Exception cause) => new(
        ErrorIds.PatternInvalid, ErrorCategory.InvalidArgument,
        $"'{pattern}' is not a wildcard pattern: '[' and ']' enclose the characters that may stand in one place.",
        "Put a backtick before a character that stands for itself, for example with [wildcardpattern]::Escape().", pattern, cause);

    public static WalCommandException StateItemNotFound(string key) => new(
        ErrorIds.StateItemNotFound, ErrorCategory.ObjectNotFound,
        $"There is no state item with the key '{key}'.",
        "List the items with Get-StateItem. Keys are case-sensitive.", key);

    /// <summary>As <see cref="StateItemNotFound"/>, for a command that takes no patterns and may have been given one.</summary>
    public static WalCommandException StateItemToRemoveNotFound(string key) => WildcardPattern.ContainsWildcardCharacters(key)
        ? new(
            ErrorIds.StateItemNotFound, ErrorCategory.ObjectNotFound,
            $"There is no state item with the key '{key}'. Remove-StateItem takes keys as they are, not patterns; to remove what a pattern matches, pipe Get-StateItem -Key '{CodeGeneration.EscapeSingleQuotedStringContent(key)}' into it.",
            "Remove by exact key, or pipe the items of Get-StateItem into Remove-StateItem.", key)
        : StateItemNotFound(key);

    public static WalCommandException LineInvalid(int number, string reason) => new(
        ErrorIds.LineInvalid, ErrorCategory.InvalidData,
        $"Line {number} was not imported. {reason}",
        "Correct the line, and import it again: lines are independent of each other.", $"line {number}");

    public static WalCommandException SourceUnreadable(string path, Exception cause) => new(
        ErrorIds.SourceUnreadable, cause is UnauthorizedAccessException ? ErrorCategory.PermissionDenied : ErrorCategory.ObjectNotFound,
        $"The file '{path}' cannot be read: {cause.Message}",
        "Give the path of a file that Export-StateItem wrote, or pipe its lines.", path, cause);

    public static WalCommandException DestinationInvalid(string path, StoreException cause) => new(
        ErrorIds.DestinationInvalid, ErrorCategory.WriteError,
        cause.Error == StoreError.StoreNotFound ? $"The file '{path}' cannot be made: its directory does not exist." : $"The file '{path}' cannot be made: {cause.Message}",
        "Give the path of a file in a directory that exists and can be written to.", path, cause);

    public static WalCommandException BackupInsideStore(string destination, string directory) => new(
        ErrorIds.DestinationInvalid, ErrorCategory.InvalidArgument,
        $"'{destination}' lies inside the store '{directory}': a backup there would be lost with the store.",
        "Give a directory outside the store, on another disk if there is one.", destination);

    public static WalCommandException DestinationIsFile(string path) => new(
        ErrorIds.DestinationInvalid, ErrorCategory.InvalidArgument,
        $"'{path}' is a file; what is to be written needs a directory.",
        "Give the path of a directory. It need not exist.", path);

    public static WalCommandException SalvageNeedsDestination() => new(
        ErrorIds.DestinationInvalid, ErrorCategory.InvalidArgument,
        "A salvage writes a new store and needs a directory for it.",
        "Give -Destination, or look at the plan with -WhatIf.");

    public static WalCommandException DestinationAmbiguous(string first, string second) => new(
        ErrorIds.StoreAmbiguous, ErrorCategory.InvalidArgument,
        $"One file cannot take the items of two stores ('{first}' and '{second}'): their keys would get mixed up. Nothing was written.",
        "Export each store into a file of its own.");

    public static StoreException CheckpointNotFound(string checkpoint, string directory) =>
        new(StoreError.CheckpointNotFound, $"There is no checkpoint {checkpoint} in '{directory}'.");

    public static StoreException TransactionAborted(int refused, int total) => new(
        StoreError.TransactionAborted,
        $"{refused} of {total} items could not be part of the transaction. It was rolled back: nothing of it was logged.");

    private static ErrorRecord Create(Exception error, string id, ErrorCategory category, string message, string recommendedAction, object? target) =>
        new(error, id, category, target) { ErrorDetails = new ErrorDetails(message) { RecommendedAction = recommendedAction } };

    /// <summary>The engine names files within a store; which store, the command knows.</summary>
    private static string WithStore(string message, string? directory) =>
        directory is null || message.Contains(directory, StringComparison.Ordinal) ? message : $"{message} Path:{Quote(directory)}.";

    private static string Name(object? input) => input is null ? "null" : $"A value of type {input.GetType().Name}";

    private static string Quote(string? directory) => directory is null ? "" : $" '{directory}'";

    private static string DescribeLockedByItself(LockOwner owner, string? directory) =>
        $"This process (PID {owner.ProcessId}) has the store{Quote(directory)} open for writing. Use its handle, with -Store $handle, where the command has that: Get-WalStore lists the open handles, and Close-WalStore closes them.";

    private static bool IsThisProcess(LockOwner owner) =>
        owner.ProcessId == Environment.ProcessId && string.Equals(owner.HostName, Environment.MachineName, StringComparison.OrdinalIgnoreCase);
}

namespace PersistenceModule;

/// <summary>Error ids the module adds to those of <see cref="Persistence.Diagnostics.StoreError"/>. Users see them; they never change.</summary>
internal static class ErrorIds
{
    /// <summary>A command was given neither a path nor a store, outside Use-WalStore.</summary>
    public const string StoreNotSpecified = nameof(StoreNotSpecified);

    /// <summary>A command was told its store in more than one way.</summary>
    public const string StoreAmbiguous = nameof(StoreAmbiguous);

    /// <summary>A path does not lead to the file system.</summary>
    public const string PathNotFileSystem = nameof(PathNotFileSystem);

    /// <summary>A path leads to several stores where exactly one is needed.</summary>
    public const string PathAmbiguous = nameof(PathAmbiguous);

    /// <summary>A key is empty, too long, or not valid text.</summary>
    public const string KeyInvalid = nameof(KeyInvalid);

    /// <summary>An object from the pipeline does not say what to write.</summary>
    public const string ItemInvalid = nameof(ItemInvalid);

    /// <summary>A wildcard pattern is not well formed.</summary>
    public const string PatternInvalid = nameof(PatternInvalid);

    /// <summary>The first and the last entries were asked for at once.</summary>
    public const string RangeAmbiguous = nameof(RangeAmbiguous);

    /// <summary>A full checkpoint and an increment were asked for at once.</summary>
    public const string KindAmbiguous = nameof(KindAmbiguous);

    /// <summary>Checkpoints were to be removed, and nothing says which.</summary>
    public const string CheckpointNotChosen = nameof(CheckpointNotChosen);

    /// <summary>This process has no handle open on a store that it was to close, or whose programs are to run in it.</summary>
    public const string StoreNotOpen = nameof(StoreNotOpen);

    /// <summary>A command was given no transaction, and none is current in its runspace.</summary>
    public const string TransactionNotSpecified = nameof(TransactionNotSpecified);

    /// <summary>There is no state item of that key.</summary>
    public const string StateItemNotFound = nameof(StateItemNotFound);

    /// <summary>A line to be imported describes no state item.</summary>
    public const string LineInvalid = nameof(LineInvalid);

    /// <summary>A file to be imported cannot be read.</summary>
    public const string SourceUnreadable = nameof(SourceUnreadable);

    /// <summary>A file cannot be made where an export is to go.</summary>
    public const string DestinationInvalid = nameof(DestinationInvalid);

    /// <summary>Parameters were given that cannot be, or not together.</summary>
    public const string ArgumentInvalid = nameof(ArgumentInvalid);

    /// <summary>What was asked for cannot be part of a transaction.</summary>
    public const string TransactionNotSupported = nameof(TransactionNotSupported);

    /// <summary>What was waited for in a pane's output has not come.</summary>
    public const string OutputNotFound = nameof(OutputNotFound);
}

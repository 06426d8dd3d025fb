namespace Persistence.Storage.Simulated;

/// <summary>What of the changes still pending a crash leaves on the medium.</summary>
public enum CrashImageKind
{
    /// <summary>Everything: the processes were killed, the machine ran on.</summary>
    KeepEverything,

    /// <summary>Nothing: each file has the bytes of its last sync, each directory the names of its last sync.</summary>
    DropPending,

    /// <summary>The names, but no bytes: a file renamed into place without a sync is there and empty.</summary>
    KeepNamesOnly,

    /// <summary>The bytes, but no names: a synced file whose directory was not synced is not there.</summary>
    KeepDataOnly,
}

using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Locking;
using Persistence.Platform;
using Persistence.Storage;
using Persistence.Storage.Disk;

namespace Persistence.Engine;

/// <summary>The outside world of one store: its files, and where time, randomness, threads and the process's identity come from.</summary>
/// <param name="Files">The files of the store's directory.</param>
/// <param name="Scheduler">Threads and waits.</param>
/// <param name="Clock">Time.</param>
/// <param name="Random">Salts, ids, jitter.</param>
/// <param name="Process">Who this process is.</param>
public sealed record StoreHost(IFileSystem Files, IScheduler Scheduler, TimeProvider Clock, IRandomSource Random, ProcessIdentity Process)
{
    /// <summary>
    /// Whether the process of this machine with that id and start time still runs. Only words depend on the answer: what is found
    /// beside a writer at work is not called the trace of a crash. Without it (the default) no other process is known to run.
    /// </summary>
    public Func<int, DateTimeOffset, bool> IsProcessAlive { get; init; } = static (_, _) => false;

    /// <summary>
    /// Spares openings that wait for the lock waits that would be in vain; null (the default): every one waits. One per store for all hosts of
    /// the process. Openings that do not wait pass it by. <see cref="PersistenceStore.OpenConfigured"/> gives it the limits that the store is configured with.
    /// </summary>
    public CircuitBreaker? LockBreaker { get; init; }

    /// <summary>
    /// What the store's errors of late have in common, for its health; the default: nothing is known of that. Whoever reports errors to an
    /// <see cref="ErrorCorrelator"/> gives <see cref="ErrorCorrelator.FindingsOf"/> here.
    /// </summary>
    public Func<IReadOnlyList<ErrorFinding>> ErrorFindings { get; init; } = static () => [];

    /// <summary>
    /// The files of another directory that has a part of the store: by its path, absolute or relative to the store's directory, and whether it is created when it is missing. The default: there is none.
    /// </summary>
    public Func<string, bool, IFileSystem> Elsewhere { get; init; } = static (path, _) =>
        throw new StoreException(StoreError.ConfigurationInvalid, $"This store cannot have directories elsewhere: its host knows no '{path}'.");

    /// <summary>Whether <see cref="Files"/> has every directory of the store, wherever ROOT says that they lie: a backup has.</summary>
    internal bool HasAllDirectories { get; init; }

    /// <summary>Gives up a wait for the lock, that of the configuration too: opening, or changing, then throws <see cref="OperationCanceledException"/>. Once the lock is taken it does nothing.</summary>
    public CancellationToken StopWaiting { get; init; }

    /// <summary>Where the store is measured and traced, or null (the default) for nowhere.</summary>
    public StoreTelemetry? Telemetry { get; init; }

    /// <summary>What telemetry calls the store; null: its id. Never a path or anything secret: monitoring systems keep it.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// Environment variables, by their names, which override the store's <c>persistence.toml</c> where that is asked for (<see cref="PersistenceStore.OpenConfigured"/>).
    /// The default: none. Hosts for directories have those that the process had when the host was made.
    /// </summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The operating system's files, threads, clock and randomness, for an existing directory.</summary>
    /// <exception cref="StoreException">StoreNotFound when the directory does not exist.</exception>
    public static StoreHost ForDirectory(string directory) => OnDisk(DiskFileSystem.Open(directory));

    /// <summary>The same for a directory that is created, durably and for the owner only, when it does not exist.</summary>
    public static StoreHost ForNewDirectory(string directory) => OnDisk(DiskFileSystem.Create(directory));

    /// <summary>A handle's part of the telemetry, or null without any.</summary>
    /// <param name="storeId">The store.</param>
    /// <param name="durability">Its mode; null for a handle that only reads.</param>
    internal StoreMeter? CreateMeter(Guid storeId, DurabilityMode? durability) =>
        Telemetry is null ? null : new StoreMeter(Telemetry, Clock, Name ?? storeId.ToString(), NameOf(durability));

    /// <summary>Begins an operation on a store that is not open yet.</summary>
    internal TracedOperation Begin(string operation) =>
        TracedOperation.Begin(Telemetry, Clock, operation, Name is null ? [] : [new(TelemetryTags.Store, Name)]);

    /// <summary>Who has the store open for writing just now, or null. Only words depend on it; whoever wants to write asks for the lock.</summary>
    internal LockOwner? FindWriter()
    {
        LockOwner? owner = LockOwner.TryRead(Files);
        bool isAlive = owner is not null && owner.HostName == Process.HostName && owner.BootId == Process.BootId && IsProcessAlive(owner.ProcessId, owner.StartTime);
        // Of a copy made beside the writer nobody holds the lock.
        return isAlive && StoreLock.IsHeld(Files) ? owner : null;
    }

    /// <summary>Takes the right to write the store.</summary>
    internal StoreLock AcquireLock(int timeoutMs) => StoreLock.Acquire(new LockContext(Files, Scheduler, Clock, Random), timeoutMs, LockBreaker, StopWaiting);

    /// <summary>What telemetry calls a mode.</summary>
    internal static string? NameOf(DurabilityMode? durability) => durability switch
    {
        DurabilityMode.Sync => "sync",
        DurabilityMode.Batch => "batch",
        DurabilityMode.None => "none",
        _ => null,
    };

#pragma warning disable RS0030 // Here the injected clock becomes the system's.
    private static StoreHost OnDisk(DiskFileSystem files) =>
        new(files, SystemScheduler.Instance, TimeProvider.System, SystemRandomSource.Instance, CurrentProcess.Identify())
        {
            IsProcessAlive = CurrentProcess.IsAlive,
            Telemetry = StoreTelemetry.Default,
            Environment = ReadEnvironment(),
            Elsewhere = (path, creates) =>
            {
                string directory = System.IO.Path.GetFullPath(path, files.RootDirectory);
                return creates ? DiskFileSystem.Create(directory) : DiskFileSystem.Open(directory);
            },
        };

    private static Dictionary<string, string> ReadEnvironment() =>
        System.Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(static variable => (string)variable.Key, static variable => (string?)variable.Value ?? "");
#pragma warning restore RS0030
}

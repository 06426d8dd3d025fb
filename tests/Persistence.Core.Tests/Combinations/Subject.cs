using System.Collections.Immutable;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Configuration;
using Persistence.Tests.Engine;
using Persistence.Wal;

namespace Persistence.Tests.Combinations;

/// <summary>The store of a run, its disks and its clock, with the model beside it: opened, closed, cut, taken back.</summary>
internal sealed class Subject
{
    private ulong _hosts;
    private int _boot = 1;
    private HeldSnapshot? _snapshot;

    public Subject(Settings settings)
    {
        Settings = settings;
        Scheduler = new CooperativeScheduler(Clock);
        WriteSettings();
        PersistenceStore.Create(Host(), ConfigurationFile.Load(Host()).Options);
        Open();
    }

    public Settings Settings { get; }

    public ManualClock Clock { get; } = new();

    public CooperativeScheduler Scheduler { get; }

    public CombinedDisks Disks { get; private set; } = new();

    public History History { get; } = new();

    public PersistenceStore Store { get; private set; } = null!;

    public KeyValueState Items { get; private set; } = null!;

    /// <summary>Who follows the log, or null.</summary>
    public Follower? Follower { get; set; }

    /// <summary>Whether a disk has next to no space left.</summary>
    public bool IsFull { get; private set; }

    public bool WasEverFull { get; private set; }

    public RootRecord Root => RootFile.Read(Disks.Main).Believed!;

    /// <summary>The outside world of one more opening.</summary>
    public StoreHost Host(CombinedDisks? disks = null)
    {
        CombinedDisks of = disks ?? Disks;
        return TestStore.DeterministicHostFor(of.Main, ++_hosts, Clock, $"boot-{_boot}") with { Scheduler = Scheduler, Elsewhere = (path, _) => of.Place(path) };
    }

    public StoreHost Host(IFileSystem files) => TestStore.DeterministicHostFor(files, ++_hosts, Clock, $"boot-{_boot}") with { Scheduler = Scheduler };

    public void WriteSettings()
    {
        ConfiguredStore.WriteFile(Disks.Main, Settings.ToText());
        using IFile file = Disks.Main.Open(ConfigurationFile.Name, FileIntent.ReadWrite);
        file.Sync();
        Disks.Main.SyncDirectory("");
    }

    public void Reload()
    {
        WriteSettings();
        Store.ReloadConfiguration();
    }

    /// <summary>Opens what was closed.</summary>
    public void Open()
    {
        OpenWith(target: null);
        StateCheck.Require(Items, History.Head, "after opening");
    }

    public void Close()
    {
        DropSnapshot();
        Store.Close();
        History.NoteDurable();
        if (Follower is null)
            RequireNoOpenFiles();
    }

    /// <summary>Goes back in place; the store is closed, or killed.</summary>
    public void OpenAt(RecoveryTarget target, Moment wanted, bool isPromised)
    {
        try
        {
            OpenWith(target);
        }
        catch (UnreachableTargetException e)
        {
            RequireMayBeUnreachable(e, wanted, isPromised);
            OpenAfterCrash([(History.Head, History.Durable)]);
            return;
        }

        Moment reached = StateCheck.Reached(wanted, Store.RecoveryReport.EndLsn);
        StateCheck.Require(Items, reached, $"after going back to {target}");
        History.TurnTo(reached);
    }

    /// <summary>The power fails, or the process is killed: the store goes on with what an image has.</summary>
    public void Kill(CombinedDisks image, CrashImageKind kind)
    {
        DropSnapshot();
        Follower?.Dispose();
        Store.Dispose();
        Disks = image;
        IsFull = Disks.All.Any(disk => disk.CapacityBytes < long.MaxValue);
        if (kind != CrashImageKind.KeepEverything)
            _boot++;
    }

    /// <summary>Recovers: one of the histories is found, at or behind what of it was durable.</summary>
    public void OpenAfterCrash(IReadOnlyList<(Moment Head, Moment Durable)> possible)
    {
        OpenWith(target: null);
        Moment? given = Follower?.Last;
        Moment found = StateCheck.FindRecovered(Items, Store.RecoveryReport.EndLsn, possible);
        CombinationException.Require(given is null || !given.IsOnPathOf(possible[0].Head) || given.IsOnPathOf(found) || possible.Count > 1, $"A follower was given {given}, and recovery came to {found}.");
        History.TurnTo(found);
        Follower?.GoOn(this);
    }

    /// <summary>A store of which only the state is known, and that nothing came before.</summary>
    public void Adopt(CombinedDisks disks, ImmutableSortedDictionary<string, string> state)
    {
        Disks = disks;
        IsFull = false;
        History.BeginStore(state);
        foreach (string key in (string[])["log", "checkpoints", "archive"])
            Settings[$"paths.{key}"] = "\".\"";
        WriteSettings();
        Open();
    }

    public void Fill(string place, long spare)
    {
        Free();
        SimulatedFileSystem disk = Disks.DiskOf(place);
        disk.CapacityBytes = long.MaxValue - disk.GetFreeBytes() + spare;
        IsFull = WasEverFull = true;
    }

    public void Free()
    {
        foreach (SimulatedFileSystem disk in Disks.All)
            disk.CapacityBytes = long.MaxValue;
        IsFull = false;
    }

    public void HoldSnapshot()
    {
        DropSnapshot();
        _snapshot = new HeldSnapshot(Store.OpenSnapshot(), Items, History.Head);
    }

    /// <summary>The state is the model's, and so is what a snapshot shows.</summary>
    public void RequireState()
    {
        StateCheck.Require(Items, History.Head, "live");
        _snapshot?.Require();
    }

    public void RequireMayBeUnreachable(UnreachableTargetException e, Moment wanted, bool isPromised)
    {
        if (isPromised)
            throw new CombinationException($"{wanted} cannot be reached, though it is kept: {e.Message}");
        if (e.Error == StoreError.PositionNotInLog && wanted.WasDurable && wanted.IsOnPathOf(History.Head))
            throw new CombinationException($"{wanted} is said never to have been: {e.Message}");
    }

    /// <summary>Whether the state with a commit can be rebuilt: everything is kept, or a checkpoint that lies before it is.</summary>
    public bool IsPromised(Moment wanted)
    {
        if (!wanted.WasDurable || wanted.IsBeginning || wanted.Path().Last() != History.Head.Path().Last())
            return false;
        // A restored store begins with a checkpoint, and no log leads there without it; and of a history that was left the archive has what a later one shares.
        if (Settings.KeepsAll && !History.BeganWithState && (Settings.KeepsAllInLog || wanted.IsOnPathOf(History.Head)))
            return true;
        return wanted.IsOnPathOf(History.Head) && Root.Checkpoints is { Count: > 0 } listed && wanted.Target >= CheckpointChains.OldestTip(listed).End;
    }

    /// <summary>Where the store has a directory now: "." for itself.</summary>
    public string PlaceOf(string key) => Settings.PlaceOf(key);

    public bool HasArchive => Disks.DiskOf(PlaceOf("archive")).List("").Any(entry => entry.Name == "archive");

    public IReadOnlyList<SegmentInfo> Segments() => SegmentCatalog.Read(Disks.DiskOf(PlaceOf("log")), storeId: null).Segments;

    /// <summary>Puts a directory in another place while nobody has the store open.</summary>
    public void MoveDirectory(string directory, string key, string to)
    {
        Disks.Move(directory, PlaceOf(key), to);
        Settings[$"paths.{key}"] = $"\"{to}\"";
        WriteSettings();
    }

    public void DropSnapshot()
    {
        _snapshot?.Release();
        _snapshot = null;
    }

    private void OpenWith(RecoveryTarget? target)
    {
        Items = new KeyValueState();
        try
        {
            Store = PersistenceStore.OpenConfigured(Host(), [Items], target: target);
        }
        catch (StoreException e) when (e.Error == StoreError.DiskFull && IsFull)
        {
            Free();
            Store = PersistenceStore.OpenConfigured(Host(), [Items], target: target);
        }

        foreach (SimulatedFileSystem disk in Disks.All)
            CombinationException.Require(disk.List("staging").Count == 0, $"Opening has left {string.Join(' ', disk.List("staging").Select(entry => entry.Name))} in staging.");
        CombinationException.Require(Disks.Main.List("quarantine").Count <= Settings.Number("quarantine.files"), $"The quarantine has {Disks.Main.List("quarantine").Count} files.");
    }

    private void RequireNoOpenFiles()
    {
        foreach (SimulatedFileSystem disk in Disks.All)
            CombinationException.Require(disk.OpenFiles.Count == 0, $"Closing has left open: {string.Join(' ', disk.OpenFiles)}.");
    }

}
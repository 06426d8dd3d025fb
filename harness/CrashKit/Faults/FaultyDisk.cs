using Persistence.CrashKit.Simulation;
using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Faults;

/// <summary>A simulated disk on which one operation fails, or every one from there on until the cause is gone.</summary>
internal sealed class FaultyDisk
{
    /// <summary>Far more than any run of a few operations needs: whoever needs them does not end.</summary>
    private const int OperationsMax = 200_000;

    private const int SectorBytes = 512;

    private readonly SimulatedFileSystem _disk;
    private readonly SimulatedClock _clock;
    private readonly FaultPoint? _point;
    private readonly List<(StorageOperation Operation, FaultPhase Phase)> _seen = [];
    private readonly List<long> _stamps = [];
    private bool _isGone;

    /// <param name="disk">The disk.</param>
    /// <param name="clock">The clock that may be set.</param>
    /// <param name="point">What fails; null for nothing.</param>
    public FaultyDisk(SimulatedFileSystem disk, SimulatedClock clock, FaultPoint? point)
    {
        _disk = disk;
        _clock = clock;
        _point = point;
        Files = new FaultInjectingFileSystem(disk, Decide);
    }

    /// <summary>The disk as the engine sees it.</summary>
    public IFileSystem Files { get; }

    /// <summary>The disk as it is.</summary>
    public IFileSystem Unharmed => _disk;

    /// <summary>What the store is about.</summary>
    public FaultPhase Phase { get; set; }

    /// <summary>What was asked for; only where nothing fails.</summary>
    public IReadOnlyList<(StorageOperation Operation, FaultPhase Phase)> Seen => _seen;

    /// <summary>How many operations the fault has befallen.</summary>
    public int Fired => _stamps.Count;

    /// <summary>The stamp of the first of them.</summary>
    public long FiredAt => _stamps.Count == 0 ? long.MaxValue : _stamps[0];

    /// <summary>Where the first write that went astray landed, or null.</summary>
    public Misdirection? LandedAt { get; private set; }

    /// <summary>What the store was about then.</summary>
    public FaultPhase? FiredIn { get; private set; }

    /// <summary>Whether operations to come fail too.</summary>
    public bool IsActive => Fired > 0 && !_isGone && _point is { IsLasting: true } or { Kind: FaultKind.JournalAborted };

    /// <summary>Whether nothing that is still to come can fail.</summary>
    public bool IsOver => Fired > 0 && (_isGone || !IsActive);

    /// <summary>Whether the cause can go away while the machine runs on.</summary>
    public bool CanHeal => _point?.Kind != FaultKind.JournalAborted;

    /// <summary>The cause is gone.</summary>
    public void Heal()
    {
        if (!CanHeal || Fired == 0)
            return;
        _isGone = true;
        _disk.CapacityBytes = long.MaxValue;
        _disk.IsReadOnly = false;
    }

    private InjectedFault? Decide(in StorageOperation operation)
    {
        if (operation.Ordinal > OperationsMax)
            throw new SimulationException($"More than {OperationsMax} operations: it does not end.");
        if (_point is null)
            _seen.Add((operation, Phase));
        if (_point is null || _isGone || operation.Ordinal < _point.Operation.Ordinal)
            return null;
        bool isFirst = operation.Ordinal == _point.Operation.Ordinal;
        if (!isFirst && (!_point.IsLasting || !FaultKinds.Befalls(_point.Kind, operation.Kind)))
            return null;
        _stamps.Add(_disk.Recorder!.Mark());
        FiredIn ??= Phase;
        return Fail(_point, operation);
    }

    private InjectedFault? Fail(FaultPoint point, in StorageOperation operation)
    {
        if (FaultKinds.IsClock(point.Kind))
        {
            _clock.Jump(TimeSpan.FromDays(point.Kind == FaultKind.ClockBack ? -400 : 400));
            return null;
        }

        if (point is { IsLasting: true, Kind: FaultKind.DiskFull })
        {
            // What is taken is taken; what is given up from here on may be used again.
            if (Fired == 1)
                _disk.CapacityBytes -= _disk.GetFreeBytes();
            return null;
        }

        if (point is { IsLasting: true, Kind: FaultKind.ReadOnly })
        {
            _disk.IsReadOnly = true;
            return null;
        }

        // A directory whose name was forgotten cannot be made again: while a store is created names stay pending.
        bool isOfFirstNames = operation.Kind == StorageOperationKind.SyncDirectory && Phase == FaultPhase.Creation && point.Kind != FaultKind.JournalAborted;
        if (FaultKinds.IsSync(operation.Kind) && point.Kind != FaultKind.TooManyOpenFiles && !isOfFirstNames)
        {
            _disk.FailSync(new FailingSync(operation.Path, FlushFailureOf(point.Kind))
            {
                Fault = FaultKinds.AnswerOf(point.Kind),
                IsHeardLater = point.Kind == FaultKind.SyncForgottenHeardLater,
            });
            return null;
        }

        LandedAt ??= point.Kind switch
        {
            FaultKind.MisdirectedInFile => new Misdirection(null, SectorBytes * (long)(point.Choice / 2 % 64)),
            FaultKind.MisdirectedToOther => ChooseElsewhere(operation, point.Choice / 2),
            _ => null,
        };
        return new InjectedFault(FaultKinds.AnswerOf(point.Kind))
        {
            PrefixBytes = point.Kind == FaultKind.ShortWrite ? PrefixOf(operation.ByteCount, point.Choice) : 0,
            IsAfterTheFact = point.Kind == FaultKind.DoneButFailed,
            IsLost = point.Kind == FaultKind.LostWrite,
            LandsAt = LandedAt,
        };
    }

    private static FlushFailure FlushFailureOf(FaultKind kind) => kind switch
    {
        FaultKind.SyncReportedLate => FlushFailure.ReportedLate,
        FaultKind.SyncReverted => FlushFailure.Reverted,
        FaultKind.JournalAborted => FlushFailure.JournalAborted,
        _ => FlushFailure.Forgotten,
    };

    private static int PrefixOf(int length, ulong choice) => (choice / 2 % 4) switch
    {
        0 => Math.Min(1, length - 1),
        1 => length / 2,
        2 => length / 2 / SectorBytes * SectorBytes,
        _ => length - 1,
    };

    /// <summary>A place in some other file, inside it if the write fits there.</summary>
    private Misdirection ChooseElsewhere(in StorageOperation operation, ulong choice)
    {
        string self = operation.Path;
        List<string> others = [];
        foreach (string directory in (string[])["", "wal", "checkpoints"])
        {
            foreach (FileEntry entry in _disk.List(directory))
            {
                string path = directory.Length == 0 ? entry.Name : $"{directory}/{entry.Name}";
                if (entry.Kind == FileEntryKind.File && path != self && path is not ("LOCK" or "OWNER"))
                    others.Add(path);
            }
        }

        if (others.Count == 0)
            return new Misdirection(null, SectorBytes * (long)(1 + (choice % 64)));
        string other = others[(int)(choice % (ulong)others.Count)];
        using IFile file = _disk.Open(other, FileIntent.Read);
        long sectors = Math.Max(0, (file.GetLength() - operation.ByteCount) / SectorBytes);
        return new Misdirection(other, SectorBytes * (long)(choice / 64 % (ulong)(sectors + 1)));
    }
}

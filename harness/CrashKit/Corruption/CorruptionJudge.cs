using System.Buffers.Binary;
using System.Globalization;
using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Worker;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.Serialization;
using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Corruption;

/// <summary>
/// Opens a damaged store, on the caller's thread alone, and holds what comes of it against what may: the whole state, a typed refusal that
/// changes nothing, or the one reported prefix that <see cref="PrefixRule"/> allows.
/// </summary>
internal sealed class CorruptionJudge : IDamageJudge
{
    private const int RootCopyBytes = 4096;
    private const int CheckpointHeaderBytes = 128;
    private const long OwnAllocations = 4 << 20;
    private const int ContinuedOneIn = 8;
    private const int ReadFirstOneIn = 4;
    private const string AddedKey = "added after the damage";

    private static readonly StoreError[] Refusals =
    [
        StoreError.RecoveryRequired, StoreError.ChecksumMismatch, StoreError.SequenceGap, StoreError.CheckpointInvalid,
        StoreError.DurabilityLost, StoreError.StoreMismatch,
    ];

    private readonly StoreSample _store;
    private readonly Func<IFileSystem, IFileSystem>? _wrap;
    private readonly Dictionary<ulong, List<int>> _framesByItems = [];

    /// <param name="store">The store, undamaged.</param>
    /// <param name="wrap">Puts something between the engine and the disk, or null.</param>
    public CorruptionJudge(StoreSample store, Func<IFileSystem, IFileSystem>? wrap = null)
    {
        _store = store;
        _wrap = wrap;
        for (int frames = 0; frames < store.Log.ItemsAfter.Count; frames++)
        {
            if (!_framesByItems.TryGetValue(store.Log.ItemsAfter[frames], out List<int>? counts))
                _framesByItems.Add(store.Log.ItemsAfter[frames], counts = []);
            counts.Add(frames);
        }
    }

    /// <summary>Judges one damage.</summary>
    /// <param name="damage">What is done to the store.</param>
    /// <param name="choice">A number that decides what else is tried.</param>
    public DamageOutcome Judge(Damage damage, ulong choice)
    {
        try
        {
            return OpenAndJudge(damage, choice);
        }
#pragma warning disable CA1031 // Whatever else comes out of the engine is what is looked for.
        catch (Exception e)
        {
            return new DamageOutcome(DamageOutcomeKind.Refused, Describe(e));
        }
#pragma warning restore CA1031
    }

    private DamageOutcome OpenAndJudge(Damage damage, ulong choice)
    {
        SimulatedFileSystem disk = _store.Image.ToDisk();
        foreach (FileDamage file in damage.Files)
            file.Apply(disk);
        DamageOutcome outcome = Judge(disk, damage, choice);
        return outcome.Wrong is null && disk.OpenFiles.Count > 0
            ? outcome with { Wrong = $"files were left open: {string.Join(", ", disk.OpenFiles)}" }
            : outcome;
    }

    private DamageOutcome Judge(SimulatedFileSystem disk, Damage damage, ulong choice)
    {
        int boot = _store.Boot + (int)((choice >> 8) & 1);
        if ((choice >> 16) % ReadFirstOneIn == 0 && JudgeReading(disk, damage, boot, RecoveryMode.Strict) is string misread)
            return new DamageOutcome(DamageOutcomeKind.Refused, $"read-only, strict: {misread}");
        using Opening strict = Open(disk, boot, RecoveryMode.Strict);
        if (strict.Wrong is not null)
            return new DamageOutcome(DamageOutcomeKind.Refused, strict.Wrong);
        if (strict.Refusal is not null)
            return JudgeRefused(disk, damage, strict, boot);
        DamageOutcome outcome = JudgeStrict(damage, strict.State!);
        return outcome.Wrong is null && (choice >> 24) % ContinuedOneIn == 0
            ? outcome with { IsContinued = true, Wrong = JudgeContinued(disk, strict, boot) }
            : outcome;
    }

    private DamageOutcome JudgeRefused(SimulatedFileSystem disk, Damage damage, Opening strict, int boot)
    {
        StoreException refusal = strict.Refusal!;
        string? wrong = JudgeRefusal(refusal) ?? FindChange(disk, damage, strict);
        if (wrong is null && FindWhyItMustOpen(damage) is string why)
            wrong = $"{why}, and it is refused: {refusal.Error}: {refusal.Message}";
        wrong ??= JudgeReading(disk, damage, boot, RecoveryMode.Strict) is string strictly ? $"read-only, strict: {strictly}" : null;
        wrong ??= JudgeReading(disk, damage, boot, RecoveryMode.TolerateTail) is string tolerantly ? $"read-only, TolerateTail: {tolerantly}" : null;
        if (wrong is not null)
            return new DamageOutcome(DamageOutcomeKind.Refused, wrong);
        using Opening tolerant = Open(disk, boot, RecoveryMode.TolerateTail);
        wrong = tolerant.Wrong ?? (tolerant.Refusal is StoreException e ? JudgeRefusal(e) ?? FindChange(disk, damage, tolerant) : JudgeTolerant(tolerant.State!, damage));
        return new DamageOutcome(DamageOutcomeKind.Refused, wrong is null ? null : $"TolerateTail: {wrong}") { IsTolerated = tolerant.State is not null };
    }

    private string? JudgeReading(SimulatedFileSystem disk, Damage damage, int boot, RecoveryMode mode)
    {
        using Opening reading = Open(disk, boot, mode, readOnly: true);
        if (reading.Wrong is not null)
            return reading.Wrong;
        if (reading.Files.Touched.Count > 0)
            return $"'{reading.Files.Touched.First()}' was written to";
        if (reading.Refusal is not null)
            return JudgeRefusal(reading.Refusal);
        return mode == RecoveryMode.Strict ? JudgeStrict(damage, reading.State!).Wrong : JudgeTolerant(reading.State!, damage);
    }

    private string? JudgeRefusal(StoreException refusal)
    {
        if (refusal.Error == StoreError.StoreNotFound && _store.Log.Frames.Count == 0)
            return null;
        if (!Refusals.Contains(refusal.Error))
            return $"refused with {refusal.Error}: {refusal.Message}";
        return refusal.File is null && refusal.Position is null ? $"refused without naming a file: {refusal.Error}: {refusal.Message}" : null;
    }

    private string? FindChange(SimulatedFileSystem disk, Damage damage, Opening refused)
    {
        foreach (string path in refused.Files.Touched)
        {
            byte[]? expected = _store.Image.Find(path);
            foreach (FileDamage file in damage.Files.Where(file => file.Path == path))
                expected = file.Apply(expected);
            byte[]? found = StoreFiles.TryRead(disk, path);
            if (found is null != expected is null || !found.AsSpan().SequenceEqual(expected))
                return $"'{path}' was changed by an opening that was refused ({refused.Refusal!.Error}): {expected?.Length} bytes before, {found?.Length} after";
        }

        return null;
    }

    private DamageOutcome JudgeStrict(Damage damage, FoundState found)
    {
        bool isReported = found.Report.Findings.Any(finding => finding.Severity != FindingSeverity.Information);
        if (found.Items == _store.Log.ItemsAfter[^1])
        {
            DamageOutcomeKind kind = isReported ? DamageOutcomeKind.Healed : DamageOutcomeKind.Unaffected;
            string? wrong = JudgeRecords(found, _store.Log.Frames.Count, damage, isReported || MayHaveBeenRetired(damage));
            if (wrong is null)
                return new DamageOutcome(kind, null);
            // The last frames may have held nothing but records.
            if (FindAllowedEnd(damage) is null)
                return new DamageOutcome(kind, wrong);
        }

        if (FindAllowedEnd(damage) is not long end)
            return new DamageOutcome(DamageOutcomeKind.ReportedPrefix, $"{Describe(found)}; the whole state or a refusal was due");
        int frames = _store.Log.CountBefore(end);
        if (found.Items != _store.Log.ItemsAfter[frames])
            return new DamageOutcome(DamageOutcomeKind.ReportedPrefix, $"{Describe(found)}; only the end at LSN {end} is allowed");
        if (!found.Report.Findings.Any(finding => finding.Lsn?.Value == end && finding.Kind is FindingKind.TornTail or FindingKind.UncleanShutdown))
            return new DamageOutcome(DamageOutcomeKind.ReportedPrefix, $"{Describe(found)}, which is allowed, and no finding says so");
        return new DamageOutcome(DamageOutcomeKind.ReportedPrefix, JudgeRecords(found, frames, damage, mayMiss: true));
    }

    /// <summary>The state after some number of frames; if not the whole one, the report has to say that something is wrong.</summary>
    private string? JudgeTolerant(FoundState found, Damage damage)
    {
        if (!_framesByItems.TryGetValue(found.Items, out List<int>? counts))
            return Describe(found);
        bool isReported = found.Report.Findings.Any(finding => finding.Severity != FindingSeverity.Information);
        if (counts[^1] != _store.Log.Frames.Count && !isReported)
            return $"{Describe(found)}, and nothing is said about it";
        string? wrong = null;
        foreach (int frames in counts)
        {
            wrong = JudgeRecords(found, frames, damage, isReported);
            if (wrong is null)
                return null;
        }

        return wrong;
    }

    /// <summary>The records are those up to the end, the oldest perhaps missing where that is reported.</summary>
    private string? JudgeRecords(FoundState found, int frames, Damage damage, bool mayMiss)
    {
        // What is missing in the middle of the archive is said to be lost, with the range.
        if (found.LogRefusal is { Error: StoreError.LogTruncated } && damage.Files.Any(file => file.Path.StartsWith("archive/", StringComparison.Ordinal)))
            return null;
        if (found.LogRefusal is StoreException refusal)
            return JudgeRefusal(refusal) is string wrong ? $"its log: {wrong}" : null;
        long end = frames == 0 ? 0 : _store.Log.Frames[frames - 1].End;
        List<(long Lsn, ulong Value)> due = [.. _store.Log.Records.Where(record => record.Lsn < end)];
        if (found.Records.Count > due.Count || !due.TakeLast(found.Records.Count).SequenceEqual(found.Records))
            return $"its {found.Records.Count} application records are not the last of the {due.Count} up to LSN {end}";
        int missing = due.Count - found.Records.Count;
        return missing > _store.Log.Records.Count - _store.RecordsRetained && !mayMiss
            ? $"the oldest application records are missing, {missing} of {due.Count}, and nothing is said about it"
            : null;
    }

    /// <summary>What ROOT does not need retention may remove at any time: that it is gone, oldest first, looks the same.</summary>
    private bool MayHaveBeenRetired(Damage damage) => damage.Files.Any(file => file.IsDeleted && _store.KindOf(file.Path) is FileKinds.RetiredSegment or FileKinds.ArchivedSegment);

    private string? JudgeContinued(SimulatedFileSystem disk, Opening opening, int boot)
    {
        ulong items = opening.State!.Items;
        try
        {
            opening.KeyValue.Set(AddedKey, ValueOfAdded);
            opening.Store!.Close();
        }
        catch (StoreException e)
        {
            return $"it opens and cannot be written to: {e.Error}: {e.Message}";
        }

        using Opening again = Open(disk, boot, RecoveryMode.Strict);
        if (again.Refusal is not null || again.Wrong is not null)
            return $"it opens, is written to, and does not open again: {again.Wrong ?? again.Refusal!.Message}";
        if (again.KeyValue.Find(AddedKey) is not KeyValueItem added)
            return "it opens, is written to, and what was written is gone";
        ulong expected = items + LogHistory.Digest(AddedKey, ValueOfAdded, added.Lsn.Value, (added.Timestamp - DateTimeOffset.UnixEpoch).Ticks);
        return again.State!.Items == expected ? null : "it opens, is written to, and holds something else when it is opened again";
    }

    private static byte[] ValueOfAdded => [0x01];

    private static string Describe(Exception e) => $"{e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n')[0].Trim()}";

    private string Describe(FoundState found) => _framesByItems.TryGetValue(found.Items, out List<int>? counts)
        ? string.Create(CultureInfo.InvariantCulture, $"it opens with the state after {counts[^1]} of {_store.Log.Frames.Count} frames")
        : "it opens with a state that never was";

    // ---- what is due -------------------------------------------------------------------------------------------------

    private long? FindAllowedEnd(Damage damage)
    {
        byte[]? newest = ContentAfter(damage, _store.NewestPath);
        byte[] before = _store.Image[_store.NewestPath];
        bool isWhole = newest is not null && newest.Length >= before.Length && newest.AsSpan().StartsWith(before.AsSpan(0, RootCopyBytes));
        return PrefixRule.FindEnd(
            _store.NewestFrames,
            [.. _store.NewestFrames.Select(frame => isWhole && IsIntact(frame, before, newest!))],
            FindRedoFrom(damage), _store.Root.DurableFloor.Value, _store.IsClosed, isWhole);
    }

    /// <summary>Where replay starts: at the newest checkpoint that is not damaged.</summary>
    private long FindRedoFrom(Damage damage) =>
        FindUnharmed([.. damage.Files.Select(static file => file.Path)])?.RedoFrom.Value ?? 0;

    /// <summary>The newest checkpoint of whose chain no file is harmed, or null.</summary>
    private RootCheckpoint? FindUnharmed(IReadOnlyCollection<string> harmed)
    {
        for (int i = _store.Root.Checkpoints.Count - 1; i >= 0; i--)
        {
            if (!_store.ChainPaths(i).Any(harmed.Contains))
                return _store.Root.Checkpoints[i];
        }

        return null;
    }

    private bool IsIntact(LogFrame frame, byte[] before, byte[] after)
    {
        int start = (int)(frame.Lsn - _store.NewestFirstLsn);
        return before.AsSpan(start, frame.Bytes).SequenceEqual(after.AsSpan(start, frame.Bytes));
    }

    /// <summary>Why a refusal is wrong, or null: damage to what nothing depends on must never harm, and one good copy is enough.</summary>
    private string? FindWhyItMustOpen(Damage damage)
    {
        List<string> harmed = [.. damage.Files.Select(file => file.Path).Distinct(StringComparer.Ordinal).Where(path => !IsHarmless(path, ContentAfter(damage, path)))];
        if (harmed.Count == 0)
            return "nothing depends on what was damaged";
        if (harmed.Count > 1)
            return null;
        byte[]? after = ContentAfter(damage, harmed[0]);
        return _store.KindOf(harmed[0]) switch
        {
            FileKinds.Root when HasGoodCopy(after) => "a copy of ROOT is intact",
            FileKinds.ArchivedSegment => "no recovery needs the archive here",
            FileKinds.Checkpoint when CanDoWithout(harmed[0], after) => "the log without that checkpoint, or another one, is whole",
            _ => null,
        };
    }

    private bool IsHarmless(string path, byte[]? after)
    {
        if (_store.IsExempt(path))
            return _store.Image.Find(path) is not null;
        if (_store.UsedOf(path) is not IReadOnlyList<(int Start, int End)> used)
            return false;
        byte[] before = _store.Image[path];
        return after?.Length == before.Length && used.All(part => before.AsSpan(part.Start..part.End).SequenceEqual(after.AsSpan(part.Start..part.End)));
    }

    /// <summary>Some copy is what it was, and no other one claims to be a copy of something else.</summary>
    private bool HasGoodCopy(byte[]? root)
    {
        if (root is null)
            return false;
        byte[] before = _store.Image[FileKinds.Root];
        int intact = 0;
        for (int offset = 0; offset < before.Length; offset += RootCopyBytes)
        {
            if (root.Length < offset + RootCopyBytes)
                break;
            ReadOnlySpan<byte> copy = root.AsSpan(offset, RootCopyBytes);
            if (copy.SequenceEqual(before.AsSpan(offset, RootCopyBytes)))
                intact++;
            else if (BinaryPrimitives.ReadUInt32LittleEndian(copy[^4..]) == Crc32C.Compute(copy[..^4]))
                return false;
        }

        return intact > 0;
    }

    private bool CanDoWithout(string checkpoint, byte[]? after)
    {
        bool logIsWhole = _store.Image.Paths.Any(path => path == "wal/0000000001.wal" && _store.UsedOf(path) is not null);
        bool otherIsWhole = FindUnharmed([checkpoint]) is RootCheckpoint other && other.RedoFrom >= _store.Root.OldestNeededLsn;
        if (!otherIsWhole && !logIsWhole)
            return false;
        // A checkpoint of another store is refused whatever there is beside it.
        return after is null || after.Length < CheckpointHeaderBytes || after.AsSpan(0, 32).SequenceEqual(_store.Image[checkpoint].AsSpan(0, 32))
            || BinaryPrimitives.ReadUInt32LittleEndian(after.AsSpan(CheckpointHeaderBytes - 4)) != Crc32C.Compute(after.AsSpan(0, CheckpointHeaderBytes - 4));
    }

    private byte[]? ContentAfter(Damage damage, string path)
    {
        byte[]? content = _store.Image.Find(path);
        foreach (FileDamage file in damage.Files.Where(file => file.Path == path))
            content = file.Apply(content);
        return content;
    }

    // ---- opening -----------------------------------------------------------------------------------------------------

    private Opening Open(SimulatedFileSystem disk, int boot, RecoveryMode mode, bool readOnly = false)
    {
        WatchedFiles files = new(_wrap?.Invoke(disk) ?? disk, operationsMax: 20_000 + (_store.Image.Bytes / 16));
        KeyValueState keyValue = new();
        StoreHost host = SimulatedHost.CreateInline(files, _store.Seed, boot);
        long before = GC.GetAllocatedBytesForCurrentThread();
        PersistenceStore? store = null;
        Opening opening = new(files, keyValue);
        try
        {
            store = readOnly ? PersistenceStore.OpenReadOnly(host, [keyValue], mode) : PersistenceStore.Open(host, _store.Options, [keyValue], mode);
            opening.Store = store;
            opening.State = FoundState.Of(store, keyValue);
        }
        catch (StoreException e)
        {
            opening.Refusal = e;
        }
#pragma warning disable CA1031 // Whatever else comes out of it is what is looked for.
        catch (Exception e)
        {
            opening.Wrong = Describe(e);
        }
#pragma warning restore CA1031
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > (8 * _store.Image.Bytes) + OwnAllocations)
            opening.Wrong ??= $"opening allocated {allocated} bytes for files of {_store.Image.Bytes}";
        if (opening.Refusal is not null && keyValue.Count > 0)
            opening.Wrong ??= "a refused opening left a part of a state";
        return opening;
    }

    private sealed class Opening(WatchedFiles files, KeyValueState keyValue) : IDisposable
    {
        public WatchedFiles Files => files;

        public KeyValueState KeyValue => keyValue;

        public PersistenceStore? Store { get; set; }

        public FoundState? State { get; set; }

        public StoreException? Refusal { get; set; }

        /// <summary>What may not be, whatever the damage; or null.</summary>
        public string? Wrong { get; set; }

        public void Dispose() => Store?.Dispose();
    }
}

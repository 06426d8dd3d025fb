using System.Buffers.Binary;
using Persistence.Configuration;
using Persistence.CrashKit.Simulation;
using Persistence.Root;

namespace Persistence.CrashKit.Corruption;

/// <summary>A store as a run of the unmodified engine left it, to be damaged, and what is known of it. Thread-safe: not changed once it is made.</summary>
internal sealed class StoreSample : IDamageSubject
{
    private const int SegmentHeaderBytes = 4096;

    private readonly Dictionary<string, string> _kinds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<(int Start, int End)>> _used = new(StringComparer.Ordinal);

    /// <param name="name">Of its shape.</param>
    /// <param name="run">The run that made it.</param>
    /// <param name="image">What the run left.</param>
    /// <param name="log">What the run wrote.</param>
    public StoreSample(string name, RecordedRun run, DiskImage image, LogHistory log)
    {
        Name = name;
        Image = image;
        Log = log;
        Options = RunPlan.Quiet(run.Plan.Options);
        Seed = run.Plan.Seed;
        Boot = run.Start.Boot;
        Root = RootFile.Read(image.ToDisk()).Believed ?? throw new InvalidOperationException($"'{name}' has no ROOT.");
        List<(string Path, long First, long Size, long Sequence)> segments = [.. FindSegments()];
        (NewestPath, NewestFirstLsn, long size, _) = segments[^1];
        NewestFrames = [.. log.Frames.Where(frame => frame.Lsn >= NewestFirstLsn && frame.Lsn < NewestFirstLsn + size)];
        foreach ((string path, long first, long segmentSize, _) in segments)
            _used.Add(path, FindUsed(first, segmentSize));
        foreach (string path in image.Paths)
            _kinds.Add(path, FindKind(path, segments));
    }

    public string Name { get; }

    public DiskImage Image { get; }

    public LogHistory Log { get; }

    /// <summary>How it is opened.</summary>
    public StoreOptions Options { get; }

    public long Seed { get; }

    /// <summary>Which start of the machine left it.</summary>
    public int Boot { get; }

    /// <summary>The ROOT that is believed.</summary>
    public RootRecord Root { get; }

    public bool IsClosed => Root.Clean;

    /// <summary>The segment whose end is open.</summary>
    public string NewestPath { get; }

    public long NewestFirstLsn { get; }

    public IReadOnlyList<LogFrame> NewestFrames { get; }

    /// <summary>Whether only a part of it is damaged, drawn from the seed.</summary>
    public bool IsLarge => Image.Bytes > 1 << 20;

    /// <summary>Of <see cref="LogHistory.Records"/>, those the store still has.</summary>
    public int RecordsRetained { get; private set; }

    /// <summary>Earlier contents of a file's name, oldest first.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<byte[]>> Earlier { get; init; } = new Dictionary<string, IReadOnlyList<byte[]>>();

    /// <summary>A store made in the same way that is another one; null for that one itself.</summary>
    public StoreSample? Foreign { get; init; }

    IDamageSubject? IDamageSubject.Foreign => Foreign;

    public IDamageJudge CreateJudge() => new CorruptionJudge(this);

    public Damage? Forge() => Forgery.Of(this);

    /// <summary>Which kind of file it is.</summary>
    public string KindOf(string path) => _kinds.GetValueOrDefault(path, "other");

    /// <summary>Whether nothing depends on any byte of the file.</summary>
    public bool IsExempt(string path) =>
        KindOf(path) is FileKinds.Lock or FileKinds.Owner or FileKinds.RecoveryLog or FileKinds.Configuration or FileKinds.Spare or FileKinds.Ballast or FileKinds.Quarantine or FileKinds.Staging or FileKinds.Other;

    /// <summary>The parts of a segment that were written for good, its header and its frames without padding; null for another file.</summary>
    public IReadOnlyList<(int Start, int End)>? UsedOf(string path) => _used.GetValueOrDefault(path);

    /// <summary>Whether an undamaged file is a segment: its checksums are what is tried here, so they are not asked.</summary>
    private static bool IsSegment(ReadOnlySpan<byte> content) =>
        content.Length >= SegmentHeaderBytes && content.StartsWith<byte>([0x89, 0x50, 0x57, 0x41, 0x4C, 0x0D, 0x0A, 0x1A]);

    /// <summary>Makes sure that the undamaged store is what the log says it is, and what its writers may have left.</summary>
    public void Verify(RecordedRun run, long cut, FoundContents contents, FoundState state)
    {
        string? wrong = run.History.Judge(contents, cut);
        if (wrong is null && state.Items != Log.ItemsAfter[^1])
            wrong = "its items are not those of its log";
        if (wrong is null && !Log.Records.TakeLast(state.Records.Count).SequenceEqual(state.Records))
            wrong = "its records are not those of its log";
        RecordsRetained = state.Records.Count;
        if (wrong is not null)
            throw new InvalidOperationException($"'{Name}', undamaged: {wrong}");
    }

    private IEnumerable<(string Path, long First, long Size, long Sequence)> FindSegments()
    {
        foreach (string path in Image.Paths.Where(path => path.StartsWith("wal/", StringComparison.Ordinal) && path.EndsWith(".wal", StringComparison.Ordinal)))
        {
            byte[] content = Image[path];
            if (IsSegment(content))
                yield return (path, Field(40), Field(48), Field(32));

            long Field(int offset) => BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(offset));
        }
    }

    private List<(int Start, int End)> FindUsed(long firstLsn, long size)
    {
        List<(int Start, int End)> used = [(0, SegmentHeaderBytes)];
        foreach (LogFrame frame in Log.Frames.Where(frame => frame.Lsn >= firstLsn && frame.Lsn < firstLsn + size))
            used.Add(((int)(frame.Lsn - firstLsn), (int)(frame.End - firstLsn)));
        return used;
    }

    private string FindKind(string path, List<(string Path, long First, long Size, long Sequence)> segments)
    {
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        switch (slash < 0 ? path : path[..slash])
        {
            case "LOCK" or "persistence.toml.lock": return FileKinds.Lock;
            case "OWNER": return FileKinds.Owner;
            case "ROOT": return FileKinds.Root;
            case "recovery.log": return FileKinds.RecoveryLog;
            case "persistence.toml": return FileKinds.Configuration;
            case "quarantine": return FileKinds.Quarantine;
            case "staging": return FileKinds.Staging;
            case "archive": return FileKinds.ArchivedSegment;
            case "wal" when path == "wal/ballast": return FileKinds.Ballast;
            case "checkpoints": return Root.Checkpoints.Any(listed => path == CheckpointPath(listed)) ? FileKinds.Checkpoint : FileKinds.UnlistedCheckpoint;
            case "wal" when path.StartsWith("wal/spare-", StringComparison.Ordinal): return FileKinds.Spare;
            case "wal" when path == NewestPath: return FileKinds.ActiveSegment;
            case "wal":
                int at = segments.FindIndex(segment => segment.Path == path);
                return at < 0 ? FileKinds.Other : segments[at].Sequence < Root.OldestNeededSequence ? FileKinds.RetiredSegment : FileKinds.SealedSegment;
            default: return FileKinds.Other;
        }
    }

    /// <summary>A checkpoint's file.</summary>
    public static string CheckpointPath(RootCheckpoint checkpoint) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"checkpoints/{checkpoint.Id:D10}.{(checkpoint.IsIncrement ? "incr" : "full")}");

    /// <summary>The files that a listed checkpoint's state is in: its own and those it builds on.</summary>
    public IEnumerable<string> ChainPaths(int index)
    {
        for (int i = index; i >= 0; i--)
        {
            yield return CheckpointPath(Root.Checkpoints[i]);
            if (!Root.Checkpoints[i].IsIncrement)
                yield break;
        }
    }
}

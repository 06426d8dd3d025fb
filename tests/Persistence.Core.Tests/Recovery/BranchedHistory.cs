using System.Globalization;
using System.Text;
using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.KeyValue;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Wal;

namespace Persistence.Tests.Recovery;

/// <summary>
/// A small history with everything in it: sets, deletes, batches, transactions of several frames, checkpoints full and incremental, rolls, a torn tail that a recovery
/// dropped, and two branches, the second of which leaves the first dead one. With a model beside it.
/// </summary>
internal sealed class BranchedHistory
{
    public static readonly StoreOptions Options = TestStore.SmallOptions with
    {
        SegmentBytes = 32 << 10, FrameBytesMax = 4 << 10, LogRetainBytes = long.MaxValue, CheckpointsRetained = 8, Compress = false,
        CheckpointIncrementsMax = 4, CheckpointIncrementFromBytes = 0,
    };

    private readonly SortedDictionary<string, string> _model = new(StringComparer.Ordinal);
    private readonly ManualClock _clock = new();
    private SimulatedFileSystem _files = new();
    private TestStore _store;
    private int _values;

    private BranchedHistory()
    {
        _store = TestStore.Create(TestStore.DeterministicHostFor(_files, clock: _clock), Options);
        Write();
        _store.Dispose();
        _files = _files.CrashImage(CrashImageKind.KeepEverything);
        Segments = SegmentCatalog.Read(_files, storeId: null).Segments;
        FindFrames();
    }

    public static BranchedHistory Instance { get; } = new();

    /// <summary>Every commit of every branch: where its last record is, when it was made, and the state with it.</summary>
    public List<(Lsn Lsn, DateTimeOffset Time, string State)> Commits { get; } = [];

    /// <summary>Checkpoints that are listed at the end, with their states.</summary>
    public List<(long Id, string State)> Checkpoints { get; } = [];

    public IReadOnlyList<SegmentInfo> Segments { get; }

    /// <summary>Where frames begin, and where they end, padding included.</summary>
    public List<(Lsn From, Lsn To)> Frames { get; } = [];

    public SimulatedFileSystem Copy() => _files.CrashImage(CrashImageKind.KeepEverything);

    public IFileSystem Files => _files;

    /// <summary>The state at a position, or null where there is none.</summary>
    public string? StateAt(Lsn lsn)
    {
        SegmentInfo? segment = Segments.LastOrDefault(candidate => candidate.Header!.FirstFrameLsn <= lsn);
        if (segment is null)
            return null;
        SegmentHeader header = segment.Header!;
        Lsn end = Frames.Where(frame => frame.From >= header.FirstFrameLsn && frame.From < header.NextFirstLsn).Select(frame => frame.To).LastOrDefault(header.FirstFrameLsn);
        return lsn <= end ? StateIn(header, lsn) : null;
    }

    public static RecoveryTarget To(Lsn lsn) => RecoveryTarget.ToLsn(lsn);

    private string StateIn(SegmentHeader header, Lsn lsn)
    {
        if (Commits.Where(commit => commit.Lsn >= header.FirstFrameLsn && commit.Lsn <= lsn).OrderBy(commit => commit.Lsn).LastOrDefault() is { State: string state })
            return state;
        SegmentHeader? previous = Segments.FirstOrDefault(segment => segment.Sequence == header.PreviousSequence)?.Header;
        return previous is null ? "" : StateIn(previous, header.PreviousEnd);
    }

    private void Write()
    {
        for (int i = 0; i < 5; i++)
            Set($"a{i % 3}", 900);
        Delete("a1");
        Batch(3, 300);
        Checkpoint(CheckpointKind.Full);
        Batch(4, 3000);
        Set("b", 700);
        Checkpoint(CheckpointKind.Incremental);
        Delete("a2");
        Set("a0", 2500);
        _store.Store.RotateLog();
        Set("c", 600);
        Batch(3, 2600);
        Checkpoint(CheckpointKind.Incremental);
        Set("torn", 1000);
        LoseLast();
        Set("a1", 500);
        Delete("b");
        Checkpoint(CheckpointKind.Full);
        Set("d", 800);

        // Into the first segment: what follows is dead from here on.
        GoBack(Commits[7].Lsn);
        Set("e", 400);
        Delete("a0");
        Checkpoint(CheckpointKind.Incremental);
        Batch(2, 300);
        _store.Store.RotateLog();
        Set("e", 100);

        // To the dead branch: what was current dies.
        GoBack(Commits[^5].Lsn);
        Set("f", 200);
        Delete("a1");
        Checkpoint(CheckpointKind.Incremental);
        Set("g", 90);
        foreach (CheckpointInfo checkpoint in _store.Store.GetCheckpoints())
            Checkpoints.Add((checkpoint.Id, StateBefore(checkpoint.End)));
    }

    private string StateBefore(Lsn end) => Commits.Where(commit => commit.Lsn < end).OrderBy(commit => commit.Lsn).Last().State;

    private void Set(string key, int bytes)
    {
        string value = Value(bytes);
        _model[key] = value;
        Note(() => _store.Set(key, value));
    }

    private void Delete(string key)
    {
        _model.Remove(key);
        Note(() => _store.KeyValue.Delete(key));
    }

    private void Batch(int count, int bytes)
    {
        KeyValueBatch batch = new();
        for (int i = 0; i < count; i++)
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"batch{i}");
            _model[key] = Value(bytes);
            batch.Set(key, TestStore.Encode(_model[key]));
        }

        batch.Delete("a0");
        _model.Remove("a0");
        Note(() => _store.KeyValue.Commit(batch));
    }

    private void Note(Func<CommitResult> commit)
    {
        _clock.Advance(TimeSpan.FromMinutes(1));
        commit();
        Commits.Add((_store.Store.ReadLog().Last().Lsn, _clock.GetUtcNow(), Dump(_model)));
    }

    private void Checkpoint(CheckpointKind kind) => _store.Store.TakeCheckpoint(new CheckpointRequest { Kind = kind });

    /// <summary>The last commit is torn.</summary>
    private void LoseLast()
    {
        Lsn lost = Commits[^1].Lsn;
        Commits.RemoveAt(Commits.Count - 1);
        StoreImage image = StoreImage.Of(_files.CrashImage(CrashImageKind.DropPending));
        SegmentInfo newest = SegmentCatalog.Read(_files, storeId: null).Segments[^1];
        image.Flip(newest.Path, lost - newest.Header!.FirstLsn + 40);
        Reopen(image.ToFiles(), target: null);
        Adopt(Commits[^1].State);
    }

    private void GoBack(Lsn lsn)
    {
        string state = Commits.Single(commit => commit.Lsn == lsn).State;
        _store.Dispose();
        Reopen(_files, To(lsn));
        Adopt(state);
    }

    private void Reopen(SimulatedFileSystem files, RecoveryTarget? target)
    {
        _files = files;
        _store = TestStore.Open(TestStore.DeterministicHostFor(files, seed: (ulong)Commits.Count, clock: _clock), Options, target: target);
    }

    private void Adopt(string state)
    {
        if (_store.Dump() != state)
            throw new InvalidOperationException("The history's own recovery is wrong.");
        _model.Clear();
        foreach (KeyValueItem item in _store.KeyValue.FindByPrefix())
            _model[item.Key] = TestStore.Decode(item.Value);
    }

    /// <summary>By their places and checksums alone.</summary>
    private void FindFrames()
    {
        foreach (SegmentInfo segment in Segments)
        {
            using IFile file = _files.Open(segment.Path, FileIntent.Read);
            using ReadWindow window = new(file);
            SegmentReader reader = new(window, segment.Header!, segment.Header!.SizeBytes, SegmentHeader.Bytes, segment.Header.PreviousLink);
            for (Lsn from = reader.NextLsn; reader.Read() == FrameDefect.None; from = reader.NextLsn)
                Frames.Add((from, reader.NextLsn));
        }
    }

    private string Value(int bytes) => string.Create(CultureInfo.InvariantCulture, $"v{++_values}-").PadRight(bytes, 'x');

    private static string Dump(SortedDictionary<string, string> state)
    {
        StringBuilder text = new();
        foreach ((string key, string value) in state)
            text.Append(key).Append('=').Append(value).Append(';');
        return text.ToString();
    }
}

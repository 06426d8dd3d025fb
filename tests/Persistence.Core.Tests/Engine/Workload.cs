using System.Globalization;
using System.Text;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Storage;

namespace Persistence.Tests.Engine;

/// <summary>
/// A fixed run of everything a store does, with a model beside it: sets, deletes, batches, application records, rolls,
/// checkpoints, full and incremental, that retire and recycle segments, clean closes and reopenings. At any moment the model says which states a
/// recovery may find: the one of everything acknowledged, or with the commit in flight on top.
/// </summary>
internal sealed class Workload
{
    public static readonly StoreOptions Options = TestStore.SmallOptions with
    {
        SegmentBytes = 32 << 10, CheckpointsRetained = 2,
        CheckpointIncrementsMax = 2, CheckpointIncrementFromBytes = 0,
    };

    private readonly SortedDictionary<string, string> _model = new(StringComparer.Ordinal);
    private readonly Func<IFileSystem, StoreHost> _host;
    private TestStore? _store;
    private SortedDictionary<string, string>? _unknown;
    private int _values;

    public Workload(IFileSystem files, Func<IFileSystem, StoreHost>? host = null)
    {
        Files = files;
        _host = host ?? (f => TestStore.DeterministicHostFor(f));
        Acknowledged = "";
        Possible = "";
    }

    public IFileSystem Files { get; }

    /// <summary>The state with everything acknowledged.</summary>
    public string Acknowledged { get; private set; }

    /// <summary>The same, or the state with the commit in flight (or of unknown outcome) on top.</summary>
    public string Possible { get; private set; }

    /// <summary>No record may ever again get a position below this one.</summary>
    public Lsn HighestSeen { get; private set; }

    /// <summary>Whether creating the store was acknowledged.</summary>
    public bool IsCreated { get; private set; }

    public TestStore? Store => _store;

    /// <summary>Failures, one for each step that failed.</summary>
    public List<(string Step, StoreException Error, bool WasFaulted)> Failures { get; } = [];

    /// <summary>Runs every step. A step that fails is noted and the run goes on, as a caller would.</summary>
    public void Run(bool stopAtFailure = true)
    {
        foreach ((string name, Action step) in Steps())
        {
            bool wasFaulted = _store?.Store.GetStatus().Fault is not null;
            try
            {
                step();
            }
            catch (StoreException e)
            {
                Failures.Add((name, e, wasFaulted));
                if (stopAtFailure)
                    throw;
            }
        }
    }

    public void Dispose() => _store?.Dispose();

    private IEnumerable<(string Name, Action Step)> Steps()
    {
        yield return ("create", Create);
        yield return ("open", Open);
        for (int i = 0; i < 4; i++)
            yield return ("set", () => Set("a", 2000));
        yield return ("delete", () => Delete("a1"));
        yield return ("batch", () => Batch(4, 1500));
        yield return ("record", () => Record(700));
        yield return ("checkpoint", Checkpoint);
        for (int i = 0; i < 6; i++)
            yield return ("set", () => Set("b", 5000));
        yield return ("checkpoint", Checkpoint);
        yield return ("rotate", () => _store?.Store.RotateLog());
        yield return ("set", () => Set("a", 600));
        yield return ("oversize", () => Set("large", 40_000));
        yield return ("close", Close);
        yield return ("reopen", Open);
        yield return ("record", () => Record(300));
        yield return ("batch", () => Batch(7, 1200));
        yield return ("checkpoint", Checkpoint);
        for (int i = 0; i < 7; i++)
            yield return ("set", () => Set("c", 5000));
        yield return ("checkpoint", Checkpoint);
        yield return ("delete", () => Delete("large"));
        for (int i = 0; i < 6; i++)
            yield return ("set", () => Set("a", 4500));
        yield return ("close", Close);
        yield return ("reopen", Open);
        yield return ("set", () => Set("end", 10));
        yield return ("close", Close);
    }

    private void Create()
    {
        PersistenceStore.Create(_host(Files), Options);
        IsCreated = true;
    }

    private void Open()
    {
        if (_store is { } open && !open.Store.IsClosed)
            return;
        if (!IsCreated)
            Create();
        _store = TestStore.Open(_host(Files), Options);
        ResolveUnknown();
    }

    /// <summary>Recovery has decided whether the commit of unknown outcome is in the log. From here on it stays so.</summary>
    private void ResolveUnknown()
    {
        string found = _store!.Dump();
        Assert(found == Acknowledged || found == Possible, "reopening lost or invented something");
        if (found == Possible && _unknown is not null)
            Adopt(_unknown);
        Acknowledged = Possible = found;
        _unknown = null;
    }

    private void Adopt(SortedDictionary<string, string> state)
    {
        _model.Clear();
        foreach ((string key, string value) in state)
            _model[key] = value;
    }

    private void Close()
    {
        _store?.Store.Close();
    }

    private void Checkpoint() => _store?.Store.TakeCheckpoint();

    private void Set(string prefix, int bytes)
    {
        _values++;
        string key = string.Create(CultureInfo.InvariantCulture, $"{prefix}{_values % 3}");
        Commit([(key, Value(bytes))], () => _store!.KeyValue.Set(key, TestStore.Encode(Value(bytes))));
    }

    private void Delete(string key) => Commit([(key, null)], () => _store!.KeyValue.Delete(key));

    private void Batch(int count, int bytes)
    {
        _values++;
        KeyValueBatch batch = new();
        List<(string, string?)> changes = [];
        for (int i = 0; i < count; i++)
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"batch{i}");
            batch.Set(key, TestStore.Encode(Value(bytes)));
            changes.Add((key, Value(bytes)));
        }

        batch.Delete("batch0");
        changes.Add(("batch0", null));
        Commit(changes, () => _store!.KeyValue.Commit(batch));
    }

    private void Record(int bytes) => Commit([], () => _store!.Store.AppendRecord("note", TestStore.Encode(new string('r', bytes))));

    private string Value(int bytes) => string.Create(CultureInfo.InvariantCulture, $"v{_values}-").PadRight(bytes, 'x');

    private void Commit(IReadOnlyList<(string Key, string? Value)> changes, Func<CommitResult> commit)
    {
        if (_store is null)
            return;
        SortedDictionary<string, string> next = new(_model, StringComparer.Ordinal);
        foreach ((string key, string? value) in changes)
        {
            if (value is null)
                next.Remove(key);
            else
                next[key] = value;
        }

        string before = Possible;
        Possible = Dump(next);
        try
        {
            CommitResult result = commit();
            Assert(result.First >= HighestSeen, "an LSN was used twice");
            HighestSeen = result.End;
        }
        catch (StoreException e)
        {
            // Only after StoreFaulted is the outcome unknown; once faulted, nothing later is ever sequenced.
            if (e.Error == StoreError.StoreFaulted && _unknown is null)
                _unknown = next;
            else
                Possible = before;
            throw;
        }

        Acknowledged = Possible;
        Adopt(next);
    }

    private static void Assert(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException(what);
    }

    private static string Dump(SortedDictionary<string, string> state)
    {
        StringBuilder text = new();
        foreach ((string key, string value) in state)
            text.Append(key).Append('=').Append(value).Append(';');
        return text.ToString();
    }
}

using System.Globalization;
using Persistence.CrashKit.Entities.Work;
using Persistence.CrashKit.Oracle;

namespace Persistence.CrashKit.Worker;

/// <summary>
/// Random operations of a mix on a small set of keys: some of the writer's own, for which every later state is exactly known, and
/// some shared by all, where writers meet.
/// </summary>
internal sealed class RandomWorkload : IWorkload
{
    private const int OwnKeys = 10;
    private const int SharedKeys = 8;
    private const int OwnFiles = 3;
    private const int SharedFiles = 2;
    private const int BatchWritesMax = 6;
    private const int FillerMax = 300;
    private const int LargeFillerMax = 6000;
    private const int FlushEvery = 12;

    // Of the checkpoints; not drawn, so that every other choice is what it would be without.
    private const int CompactionOneIn = 3;

    // Of the values of a transaction that is to be larger than a small frame.
    private const int LargeLength = 500;

    private readonly WorkloadMix _mix;
    private readonly Random _random;
    private readonly int _epoch;
    private readonly int _writer;
    private readonly bool _needsBarriers;
    private readonly int? _valueLength;
    private readonly EntityDraws? _entities;
    private int _count;

    /// <param name="mix">What it does how often.</param>
    /// <param name="random">Where its choices come from.</param>
    /// <param name="epoch">Which start of the store this is: part of every value.</param>
    /// <param name="writer">Whose operations these are: part of every value.</param>
    /// <param name="needsBarriers">Whether to ask for flushes: without them nothing would be promised in the store's mode.</param>
    /// <param name="valueLength">How long every value is; of many lengths by default.</param>
    /// <param name="entitySeed">Where what it does to entities comes from; null: it leaves them alone.</param>
    public RandomWorkload(WorkloadMix mix, Random random, int epoch, int writer, bool needsBarriers, int? valueLength = null, long? entitySeed = null)
    {
        _mix = mix;
        _random = random;
        _epoch = epoch;
        _writer = writer;
        _needsBarriers = needsBarriers;
        _valueLength = valueLength;
        _entities = entitySeed is long seed && mix.HasEntities ? new EntityDraws(mix, seed, valueLength) : null;
    }

    public PlannedOperation Next()
    {
        _count++;
        if (_needsBarriers && _random.Next(FlushEvery) == 0)
            return new PlannedOperation(OperationKind.Flush, []);
        OperationKind kind = _mix.Choose(_random);
        PlannedOperation operation = kind switch
        {
            OperationKind.Put => new PlannedOperation(kind, [Set(NextKey(), 0)]),
            OperationKind.Delete => new PlannedOperation(kind, [new KeyWrite(NextKey(), null)]),
            OperationKind.Batch => new PlannedOperation(kind, NextBatch()),
            OperationKind.Transaction => NextTransaction(),
            OperationKind.Rollback => new PlannedOperation(kind, []) { Undone = WithFiles(NextBatch()) },
            OperationKind.Record => new PlannedOperation(kind, [], NextText(0)),
            OperationKind.Checkpoint when _count % CompactionOneIn == 0 => new PlannedOperation(OperationKind.Compact, []),
            _ => new PlannedOperation(kind, []),
        };
        bool isState = operation.Writes.Count > 0;
        operation = operation with
        {
            IsAsync = isState && operation.Record is null && _random.Next(4) == 0 && !operation.WritesFiles,
            AsksForSync = _needsBarriers && (isState || operation.Record is not null) && _random.Next(16) == 0,
        };
        return _entities?.Turn(operation, NextId) ?? operation;
    }

    /// <summary>Some are larger than a frame; in some what an inner one has written is rolled back.</summary>
    private PlannedOperation NextTransaction()
    {
        List<KeyWrite> writes = WithFiles(NextBatch());
        if (_random.Next(4) == 0)
        {
            foreach (string key in Enumerable.Range(0, OwnKeys).Select(OwnKey).Where(key => writes.All(write => write.Key != key)))
                writes.Add(new KeyWrite(key, ValueText.CreateOfLength(NextId(writes.Count), _random, LargeLength)));
        }

        string? record = _random.Next(3) == 0 ? NextText(writes.Count) : null;
        List<KeyWrite> undone = _random.Next(2) == 0 ? [] : WithFiles([Set(NextKey(), writes.Count + 1), new KeyWrite(NextKey(), null)], writes.Count + 1);
        return new PlannedOperation(OperationKind.Transaction, writes, record) { Undone = undone };
    }

    private List<KeyWrite> NextBatch()
    {
        HashSet<string> keys = [];
        for (int left = _random.Next(2, BatchWritesMax + 1); left > 0; left--)
            keys.Add(NextKey());
        List<KeyWrite> writes = [];
        foreach (string key in keys)
            writes.Add(_random.Next(5) == 0 ? new KeyWrite(key, null) : Set(key, writes.Count));
        return writes;
    }

    /// <summary>Adds, of one transaction in two where the mix writes files, one or two of them.</summary>
    private List<KeyWrite> WithFiles(List<KeyWrite> writes, int before = 0)
    {
        if (!_mix.WritesFiles || _random.Next(2) == 0)
            return writes;
        HashSet<string> keys = [NextFile()];
        if (_random.Next(2) == 0)
            keys.Add(NextFile());
        foreach (string key in keys)
            writes.Insert(_random.Next(writes.Count + 1), _random.Next(5) == 0 ? new KeyWrite(key, null) : Set(key, before + writes.Count));
        return writes;
    }

    private string NextFile() => _random.Next(3) == 0
        ? WorkloadStates.FileKey("shared", _random.Next(SharedFiles))
        : WorkloadStates.FileKey(string.Create(CultureInfo.InvariantCulture, $"writer-{_writer}"), _random.Next(OwnFiles));

    private KeyWrite Set(string key, int place) => new(key, NextText(place));

    private string NextText(int place)
    {
        string id = NextId(place);
        return _valueLength is int length ? ValueText.CreateOfLength(id, _random, length) : ValueText.Create(id, _random, _random.Next(40) == 0 ? LargeFillerMax : FillerMax);
    }

    private string NextId(int place) => string.Create(CultureInfo.InvariantCulture, $"{_epoch}.{_writer}.{_count}.{place}");

    private string OwnKey(int number) => string.Create(CultureInfo.InvariantCulture, $"writer-{_writer}/{number}");

    private string NextKey() => _random.Next(3) == 0
        ? string.Create(CultureInfo.InvariantCulture, $"shared/{_random.Next(SharedKeys)}")
        : OwnKey(_random.Next(OwnKeys));
}

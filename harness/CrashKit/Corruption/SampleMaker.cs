using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Worker;
using Persistence.Engine;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Corruption;

/// <summary>Makes a store out of a run and the moment it was left.</summary>
internal sealed class SampleMaker
{
    private const int EarlierMax = 48;
    private const long LargeBytes = 1 << 20;
    private const int LargeStep = 8;

    private readonly string _name;
    private readonly RecordedRun _run;
    private readonly long _cut;
    private readonly CrashStateSpace _space;

    public SampleMaker(string name, RecordedRun run, long cut)
    {
        _name = name;
        _run = run;
        _cut = cut;
        _space = new CrashStateSpace(run.Trace, CrashProfile.PosixMin);
    }

    /// <param name="foreign">Another store made in the same way, or null.</param>
    public StoreSample Make(StoreSample? foreign)
    {
        DiskImage image = DiskImage.Of(StoreShape.StateAt(_space, _cut).ToFileSystem(), ("persistence.toml", "# Settings of this store.\n"u8.ToArray()));
        WorkloadStates states = new(hasFiles: false, hasEntities: false);
        using PersistenceStore store = PersistenceStore.OpenReadOnly(SimulatedHost.CreateInline(image.ToDisk(), _run.Plan.Seed, _run.Start.Boot), states.All);
        long end = store.RecoveryReport.EndLsn.Value;
        LogHistory log = LogHistory.Read(FindWrites(), end);
        StoreSample sample = new(_name, _run, image, log)
        {
            Foreign = foreign,
            Earlier = foreign is null ? new Dictionary<string, IReadOnlyList<byte[]>>() : FindEarlier(image),
        };
        sample.Verify(_run, _cut, FoundContents.Of(store, states, _run.History.Writers.Count), FoundState.Of(store, states.KeyValue));
        return sample;
    }

    private IEnumerable<ReadOnlyMemory<byte>> FindWrites() =>
        _run.Trace.Operations.Where(operation => operation.Kind == DiskChangeKind.Write && operation.Enter < _cut).Select(operation => operation.Data);

    /// <summary>What each name stood for before: at every moment something had changed.</summary>
    private Dictionary<string, IReadOnlyList<byte[]>> FindEarlier(DiskImage image)
    {
        Dictionary<string, List<byte[]>> earlier = new(StringComparer.Ordinal);
        TraceOperation[] operations = [.. _run.Trace.Operations.Where(operation => !operation.IsBarrier && operation.Exit < _cut)];
        int step = image.Bytes > LargeBytes ? LargeStep : 1;
        foreach (TraceOperation operation in operations.Where((_, place) => place % step == 0))
        {
            SimulatedFileSystem disk = StoreShape.StateAt(_space, operation.Exit).ToFileSystem();
            foreach (string path in image.Paths)
            {
                if (StoreFiles.TryRead(disk, path) is not byte[] content)
                    continue;
                if (!earlier.TryGetValue(path, out List<byte[]>? versions))
                    earlier.Add(path, versions = []);
                if (versions.Count == 0 || !versions[^1].AsSpan().SequenceEqual(content))
                    versions.Add(content);
            }
        }

        return earlier.ToDictionary(file => file.Key, file => (IReadOnlyList<byte[]>)[.. file.Value.TakeLast(EarlierMax)], StringComparer.Ordinal);
    }
}

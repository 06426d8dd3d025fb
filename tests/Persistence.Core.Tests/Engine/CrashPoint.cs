using Persistence.Engine;
using Persistence.State;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>A file system as a crash left it, and what a recovery may find there.</summary>
internal sealed record CrashPoint(string Name, SimulatedFileSystem Files, string Acknowledged, string Possible, bool IsCreated, Lsn HighestSeen)
{
    /// <summary>Recovers a copy, holds it against the model, and goes on writing.</summary>
    /// <returns>The number of operations the recovery took.</returns>
    public long Check(string bootId)
    {
        SimulatedFileSystem files = Files.CrashImage(CrashImageKind.KeepEverything);
        FaultInjectingFileSystem counted = new(files, (in StorageOperation _) => null);
        if (!CompleteCreation(counted, bootId))
            return 0;
        using TestStore store = OpenAt(counted, bootId);
        long operations = counted.OperationCount;
        string found = store.Dump();
        Assert.True(found == Acknowledged || found == Possible, $"{Name}: {Describe(found)}");
        WriteMore(store, files, found, bootId);
        return operations;
    }

    /// <summary>Crashes the recovery at every operation of it, and recovers again.</summary>
    public int CheckRecoveryCutShort(string bootId, CrashImageKind[] kinds, int stride = 1, int first = 0)
    {
        SimulatedFileSystem files = Files.CrashImage(CrashImageKind.KeepEverything);
        List<CrashPoint> points = [];
        FaultInjectingFileSystem watched = new(files, (in StorageOperation operation) =>
        {
            if ((operation.Ordinal + first) % stride == 0 && Changes(operation.Kind))
            {
                foreach (CrashImageKind kind in kinds)
                    points.Add(this with { Name = $"{Name}, recovery cut before operation {operation.Ordinal} ({operation.Kind} {operation.Path}) {kind}", Files = files.CrashImage(kind) });
            }

            return null;
        });
        if (!CompleteCreation(watched, bootId))
            return 0;
        OpenAt(watched, bootId).Dispose();
        foreach (CrashPoint point in points)
            point.Check(bootId);
        return points.Count;
    }

    public static bool Changes(StorageOperationKind kind) =>
        kind is not (StorageOperationKind.Read or StorageOperationKind.GetLength or StorageOperationKind.List or StorageOperationKind.TryLock or StorageOperationKind.GetFreeBytes);

    private TestStore OpenAt(FaultInjectingFileSystem files, string bootId)
    {
        try
        {
            return TestStore.Open(TestStore.DeterministicHostFor(files, seed: 7, bootId: bootId), Workload.Options);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{Name}: {e.Message}", e);
        }
    }

    /// <summary>A creation that was never acknowledged may be absent; creating again completes it.</summary>
    private bool CompleteCreation(FaultInjectingFileSystem files, string bootId)
    {
        if (IsCreated || files.List("").Any(entry => entry.Name == "ROOT"))
            return true;
        try
        {
            PersistenceStore.Create(TestStore.DeterministicHostFor(files, seed: 7, bootId: bootId), Workload.Options);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{Name}: {e.Message}", e);
        }

        return true;
    }

    private void WriteMore(TestStore store, SimulatedFileSystem files, string found, string bootId)
    {
        CommitResult result = store.Set("more", "1");
        Assert.True(result.First >= HighestSeen, $"{Name}: {result.First} was used before");
        store.Set("more", new string('m', 3000));
        string expected = store.Dump();
        Assert.Equal(found.Length + "more=;".Length + 3000, expected.Length);
        using TestStore again = OpenAt(new FaultInjectingFileSystem(files.CrashImage(CrashImageKind.DropPending), (in StorageOperation _) => null), bootId);
        Assert.True(expected == again.Dump(), $"{Name}: what was written after the recovery is lost");
    }

    private string Describe(string found) =>
        $"recovered {Shorten(found)}, acknowledged {Shorten(Acknowledged)}, possible {Shorten(Possible)}";

    private static string Shorten(string state) => string.Join(';', state.Split(';').Select(item => item.Length > 12 ? item[..12] : item));
}

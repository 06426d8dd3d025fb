using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Storage.Simulated;

public sealed class CrashStateSpaceTests
{
    [Fact]
    public void Keeping_all_and_dropping_all_are_what_the_disk_itself_says()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(TestStore.DeterministicHostFor(disk));
        TraceRecorder recorder = disk.CrashImage(CrashImageKind.KeepEverything).StartRecording();
        SimulatedFileSystem recorded = new();
        recorder = recorded.StartRecording();
        using TestStore second = TestStore.Create(TestStore.DeterministicHostFor(recorded));
        for (int i = 0; i < 20; i++)
            second.Set($"k{i % 5}", new string('x', 300 * i));
        second.Store.TakeCheckpoint();
        second.Set("a", "1");
        CrashStateSpace space = new(recorder.ToTrace(), CrashProfile.PosixMin);
        long end = recorder.ToTrace().End;
        bool[] keeps = new bool[space.Micros.Count];
        Assert.Null(StoreImage.Of(space.At(end, keeps).ToFileSystem()).FindDifference(StoreImage.Of(recorded.CrashImage(CrashImageKind.DropPending))));
        Array.Fill(keeps, true);
        Assert.Null(StoreImage.Of(space.At(end, keeps).ToFileSystem()).FindDifference(StoreImage.Of(recorded.CrashImage(CrashImageKind.KeepEverything))));
    }

    [Fact]
    public void A_cut_anywhere_with_any_one_part_missing_is_recovered_whole()
    {
        SimulatedFileSystem disk = new();
        TraceRecorder recorder = disk.StartRecording();
        List<(long Stamp, string State)> acknowledged = [];
        using TestStore store = TestStore.Create(TestStore.DeterministicHostFor(disk));
        acknowledged.Add((disk.Mark(), store.Dump()));
        for (int i = 0; i < 20; i++)
        {
            store.Set($"k{i % 5}", $"{i}");
            acknowledged.Add((disk.Mark(), store.Dump()));
            if (i % 7 == 6)
                store.Store.TakeCheckpoint();
        }

        DiskTrace trace = recorder.ToTrace();
        CrashStateSpace space = new(trace, CrashProfile.PosixMin);
        HashSet<(ulong, int)> seen = [];
        int states = 0;
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        for (long cut = acknowledged[0].Stamp + 1; cut <= trace.End; cut++)
        {
            List<int> pending = space.PendingAt(cut);
            int acked = acknowledged.FindLastIndex(entry => entry.Stamp < cut);
            for (int missing = -2; missing < pending.Count; missing++)
            {
                bool[] keeps = new bool[space.Micros.Count];
                foreach (int micro in pending)
                    keeps[micro] = missing != -2;
                if (missing >= 0)
                    keeps[pending[missing]] = false;
                CrashState state = space.At(cut, keeps);
                states++;
                if (!seen.Add((state.Hash, acked)))
                    continue;
                using TestStore recovered = TestStore.Open(TestStore.DeterministicHostFor(state.ToFileSystem(), bootId: "boot-2"));
                string dump = recovered.Dump();
                Assert.Contains(dump, acknowledged.Skip(acked).Take(2).Select(entry => entry.State));
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{states} states, {seen.Count} distinct, {System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalMilliseconds} ms");
    }
}

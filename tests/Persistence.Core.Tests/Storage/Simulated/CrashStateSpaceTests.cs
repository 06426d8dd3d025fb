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

    [Theory]
    [InlineData("posix-min")]
    [InlineData("ordered-metadata")]
    [InlineData("ext4-ordered")]
    [InlineData("ext4-writeback")]
    public void A_cut_anywhere_with_anything_legal_missing_is_recovered_whole(string profile)
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
        CrashStateSpace space = new(trace, ((CrashProfile[])[CrashProfile.PosixMin, CrashProfile.OrderedMetadata, CrashProfile.Ext4Ordered, CrashProfile.Ext4Writeback]).Single(known => known.Name == profile));
        HashSet<(ulong, int)> seen = [];
        int states = 0;
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        CrashStateEnumerator enumerator = new(space, acknowledged[0].Stamp + 1, trace.End, seed: 1);
        int[] distinct = new int[CrashStateEnumerator.Tiers];
        for (int tier = 0; tier < CrashStateEnumerator.Tiers; tier++)
        {
            foreach (CrashChoice choice in enumerator.Enumerate(tier).Take(100_000))
            {
                int acked = acknowledged.FindLastIndex(entry => entry.Stamp < choice.Cut);
                CrashState state = space.At(choice);
                states++;
                if (!seen.Add((state.Hash, acked)))
                    continue;
                distinct[tier]++;
                using TestStore recovered = TestStore.Open(TestStore.DeterministicHostFor(state.ToFileSystem(), bootId: "boot-2"));
                string dump = recovered.Dump();
                Assert.Contains(dump, acknowledged.Skip(acked).Take(2).Select(entry => entry.State));
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(' ', distinct));
        TestContext.Current.TestOutputHelper?.WriteLine($"{states} states, {seen.Count} distinct, {System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalMilliseconds} ms");
    }
}

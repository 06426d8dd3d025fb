using Persistence.Diagnostics;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Recovery;

/// <summary>ROOT is lost, and the newest segment with it: nobody knows of that segment any more, and its positions are not used again.</summary>
public sealed class LostRootTests
{
    [Fact]
    public void No_position_of_a_segment_that_is_lost_with_ROOT_is_used_again_however_often_recovery_is_cut_short()
    {
        SampleStore sample = SampleStore.Create();
        Lsn free = sample.HeaderOf(sample.NewestSegment).NextFirstLsn;
        sample.Image.Remove(sample.NewestSegment);
        sample.Image.Remove("ROOT");
        SimulatedFileSystem disk = sample.Image.ToFiles();
        List<SimulatedFileSystem> cuts = [];
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (CrashPoint.Changes(operation.Kind))
                cuts.Add(disk.CrashImage(CrashImageKind.KeepEverything));
            return null;
        });
        string expected;
        using (TestStore store = TestStore.Open(files, SampleStore.KeepLog, RecoveryMode.TolerateTail))
            expected = store.Dump();
        Assert.True(cuts.Count > 40, $"only {cuts.Count} cuts");
        int opened = 0;
        foreach (SimulatedFileSystem cut in cuts)
        {
            foreach (RecoveryMode mode in (RecoveryMode[])[RecoveryMode.Strict, RecoveryMode.TolerateTail])
            {
                if (TryOpen(cut.CrashImage(CrashImageKind.KeepEverything), mode) is not TestStore store)
                {
                    Assert.Equal(RecoveryMode.Strict, mode);
                    continue;
                }

                using (store)
                {
                    opened++;
                    Assert.Equal(expected, store.Dump());
                    Assert.InRange(store.Set("after", "1").First.Value, free.Value, long.MaxValue);
                }
            }
        }

        Assert.True(opened > cuts.Count, $"{opened} openings of {cuts.Count} cuts");
    }

    private static TestStore? TryOpen(SimulatedFileSystem files, RecoveryMode mode)
    {
        try
        {
            return TestStore.Open(files, SampleStore.KeepLog, mode);
        }
        catch (StoreException)
        {
            return null;
        }
    }
}

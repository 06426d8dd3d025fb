using Persistence.Diagnostics;
using Persistence.Recovery;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Recovery;

/// <summary>What damaging every file in every way has brought to light.</summary>
public sealed class FoundByDamageTests
{
    /// <summary>
    /// OWNER and the newest segment changed places. Opening wrote its own description over the segment's bytes before it looked, was refused, and put
    /// back no more than 4 KiB of them: the log was gone for good.
    /// </summary>
    [Fact]
    public void A_segment_under_the_name_of_OWNER_survives_a_refused_opening()
    {
        SampleStore sample = SampleStore.Create();
        byte[] segment = Exchange(sample, "OWNER", sample.NewestSegment);
        sample.AssertRefused(StoreError.ChecksumMismatch);
        Assert.Equal(segment, sample.Image["OWNER"]);
    }

    /// <summary>Nor is it overwritten when opening goes on without it.</summary>
    [Fact]
    public void A_segment_under_the_name_of_OWNER_goes_to_quarantine_when_the_store_opens_without_it()
    {
        SampleStore sample = SampleStore.Create();
        byte[] segment = Exchange(sample, "OWNER", sample.NewestSegment);
        SimulatedFileSystem files = sample.Image.ToFiles();
        using (TestStore reader = TestStore.OpenReadOnly(files, RecoveryMode.TolerateTail))
            Assert.Contains(reader.Store.RecoveryReport.Actions, action => action.Contains("'OWNER' is something else", StringComparison.Ordinal));
        using (TestStore store = TestStore.Open(files, SampleStore.KeepLog, RecoveryMode.TolerateTail))
        {
            string kept = Assert.Single(store.Store.RecoveryReport.Quarantined, name => name.EndsWith("-OWNER", StringComparison.Ordinal));
            Assert.Equal(segment, StoreImage.Of(files)[$"quarantine/{kept}"]);
            Assert.Equal(42, Persistence.Locking.LockOwner.TryRead(files)!.ProcessId);
            store.Set("after", "1");
        }

        using TestStore again = TestStore.Open(files, SampleStore.KeepLog);
        Assert.Equal("1", again.Get("after"));
    }

    private static byte[] Exchange(SampleStore sample, string path, string other)
    {
        (sample.Image[path], sample.Image[other]) = (sample.Image[other], sample.Image[path]);
        return sample.Image[path];
    }
}

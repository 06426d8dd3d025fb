using System.Text;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Locking;
using Persistence.Recovery;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>What others are told while a process has the store open for writing.</summary>
public sealed class BesideAWriterTests
{
    [Fact]
    public void An_unfinished_write_of_a_writer_at_work_is_not_called_a_torn_tail()
    {
        SampleStore sample = SampleStore.Create();
        sample.Image.Flip(sample.NewestSegment, sample.FramesOf(sample.NewestSegment)[^1] + 100);
        sample.Image["OWNER"] = Encoding.UTF8.GetBytes($"pid=42\nstarted={DateTimeOffset.UnixEpoch:O}\nboot=boot-1\nhost=test-host\nlock={Guid.NewGuid()}\n");

        StoreHost alone = TestStore.HostFor(sample.Image.ToFiles());
        Assert.Equal([FindingKind.UncleanShutdown, FindingKind.TornTail], KindsReadOnly(alone));
        Assert.Contains(StoreInspector.Inspect(alone).Findings, finding => finding.Kind == FindingKind.TornTail);

        StoreHost beside = alone with { IsProcessAlive = (id, start) => id == 42 && start == DateTimeOffset.UnixEpoch };
        Assert.Contains(FindingKind.TornTail, KindsReadOnly(beside));
        using IFile held = beside.Files.Open("LOCK", FileIntent.ReadWrite);
        Assert.True(held.TryLock(FileLockKind.Exclusive));
        Assert.Equal([FindingKind.WriterActive], KindsReadOnly(beside));
        IntegrityReport report = StoreInspector.Inspect(beside);
        RecoveryFinding finding = Assert.Single(report.Findings);
        Assert.Equal((FindingKind.WriterActive, FindingSeverity.Information), (finding.Kind, finding.Severity));
        Assert.Contains("42", finding.Message, StringComparison.Ordinal);

        StoreHost elsewhere = beside with { Process = beside.Process with { HostName = "another-host" } };
        Assert.Contains(FindingKind.TornTail, KindsReadOnly(elsewhere));
    }

    [Fact]
    public void Who_is_still_recovering_is_named_to_those_who_come_second()
    {
        SampleStore sample = SampleStore.Create();
        SimulatedFileSystem files = sample.Image.ToFiles();
        LockOwner? named = null;
        using PersistenceStore store = PersistenceStore.Open(TestStore.HostFor(files), SampleStore.KeepLog, [new KeyValueState()], progress: progress =>
        {
            if (progress.Phase == RecoveryPhase.Validating)
                named = Assert.Throws<StoreLockedException>(() => TestStore.Open(files)).Owner;
        });
        Assert.Equal(42, named?.ProcessId);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void A_refused_opening_leaves_neither_a_lock_file_nor_another_owner(bool hasLock, bool hasOwner)
    {
        SampleStore sample = SampleStore.Create(setsAfter: 4);
        sample.Image[sample.NewestSegment].AsSpan(sample.FramesOf(sample.NewestSegment)[^2], 512).Clear();
        if (!hasLock)
            sample.Image.Remove("LOCK");
        if (hasOwner)
            sample.Image["OWNER"] = Encoding.UTF8.GetBytes(new string('o', 300));
        else
            sample.Image.Remove("OWNER");
        sample.AssertRefused(StoreError.RecoveryRequired);
    }

    private static IEnumerable<FindingKind> KindsReadOnly(StoreHost host)
    {
        using PersistenceStore reader = PersistenceStore.OpenReadOnly(host, [new KeyValueState()]);
        return reader.RecoveryReport.Findings.Select(finding => finding.Kind);
    }
}

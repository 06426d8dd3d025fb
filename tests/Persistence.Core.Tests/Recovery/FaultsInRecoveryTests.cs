using Persistence.Diagnostics;
using Persistence.Recovery;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Recovery;

/// <summary>
/// Every operation of an opening fails, in every way a disk fails: the next opening finds everything, whether it follows at
/// once, after a cut, or both.
/// </summary>
public sealed class FaultsInRecoveryTests
{
    private static readonly InjectedFault Failure = new(StorageFault.Failed);

    // These share the operations out among themselves.
    private static readonly InjectedFault[] OtherFaults =
    [
        new(StorageFault.Failed) { IsAfterTheFact = true },
        new(StorageFault.DiskFull) { PrefixBytes = 700 },
        new(StorageFault.TooManyOpenFiles),
    ];

    public static TheoryData<string> Situations =>
        ["clean", "killed", "after a reboot", "things left over", "a lost slot of ROOT", "ROOT lost", "damage", "a bad checkpoint", "the active segment lost"];

    [Theory]
    [MemberData(nameof(Situations))]
    public void Whatever_operation_of_an_opening_fails_the_next_one_finds_everything(string situation)
    {
        Situation before = Situation.Create(situation);
        long operations = before.CountOperations();
        Assert.InRange(operations, 20, 1000);
        int refused = 0;
        for (long failing = 1; failing <= operations; failing++)
        {
            refused += before.FailAt(failing, Failure, fromThenOn: false) ? 1 : 0;
            refused += before.FailAt(failing, Failure, fromThenOn: true) ? 1 : 0;
            refused += before.FailAt(failing, OtherFaults[failing % OtherFaults.Length], fromThenOn: false) ? 1 : 0;
        }

        Assert.True(refused > 20, $"only {refused} openings were refused");
    }

    private sealed record Situation(SampleStore Sample, string State, RecoveryMode Mode, string BootId)
    {
        /// <summary>A file whose bytes are abandoned, and must be kept.</summary>
        public string? Evidence { get; init; }

        public static Situation Create(string name)
        {
            SampleStore sample = SampleStore.Create(clean: name == "clean", setsAfter: 4);
            string newest = sample.NewestSegment;
            switch (name)
            {
                case "after a reboot":
                    return new Situation(sample, sample.State, RecoveryMode.Strict, "boot-2");
                case "things left over":
                    sample.Image["staging/0000000009.full"] = [1, 2, 3];
                    sample.Image["checkpoints/0000000077.full"] = [1, 2, 3];
                    sample.Image[$"wal/{sample.HeaderOf(newest).Sequence + 1:D10}.wal"] = new byte[32 << 10];
                    sample.Image["wal/spare-0000000003"] = new byte[32 << 10];
                    sample.Image["wal/spare-0000000004"] = new byte[1 << 10];
                    return new Situation(sample, sample.State, RecoveryMode.Strict, "boot-1");
                case "a lost slot of ROOT":
                    sample.Image["ROOT"].AsSpan((int)(sample.Root.Generation & 1) * 8192, 8192).Fill(0x5A);
                    return new Situation(sample, sample.State, RecoveryMode.Strict, "boot-1");
                case "ROOT lost":
                    sample.Image["ROOT"].AsSpan().Fill(0x5A);
                    return new Situation(sample, sample.State, RecoveryMode.TolerateTail, "boot-1");
                case "damage":
                    sample.Image.Flip(newest, sample.FramesOf(newest)[^2] + 90);
                    return new Situation(sample, SampleStore.Create(setsAfter: 2).State, RecoveryMode.TolerateTail, "boot-2") { Evidence = newest };
                case "a bad checkpoint":
                    sample.Image.Flip(sample.Checkpoints[^1], 200);
                    return new Situation(sample, sample.State, RecoveryMode.Strict, "boot-1") { Evidence = sample.Checkpoints[^1] };
                case "the active segment lost":
                    sample = SampleStore.Create(setsAfter: 0);
                    sample.Image.Remove(sample.NewestSegment);
                    using (TestStore reader = TestStore.OpenReadOnly(sample.Image.ToFiles(), RecoveryMode.TolerateTail))
                        return new Situation(sample, reader.Dump(), RecoveryMode.TolerateTail, "boot-1");
                default:
                    return new Situation(sample, sample.State, RecoveryMode.Strict, "boot-1");
            }
        }

        public long CountOperations()
        {
            FaultInjectingFileSystem files = new(Sample.Image.ToFiles(), (in StorageOperation _) => null);
            using TestStore store = Open(files);
            return files.OperationCount;
        }

        /// <returns>Whether the opening was refused.</returns>
        public bool FailAt(long failing, InjectedFault fault, bool fromThenOn)
        {
            SimulatedFileSystem disk = Sample.Image.ToFiles();
            string what = "";
            FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            {
                if (fromThenOn ? operation.Ordinal < failing : operation.Ordinal != failing)
                    return null;
                if (what.Length == 0)
                    what = $"{fault} at operation {failing} ({operation.Kind} {operation.Path})";
                return fault;
            });
            try
            {
                Exception? refusal = Record.Exception(() => Open(files).Dispose());
                Assert.True(refusal is null or StoreException, $"{refusal}");
                CheckWhole(disk.CrashImage(CrashImageKind.DropPending));
                CheckWhole(disk);
                return refusal is not null;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{what}: {e.Message}", e);
            }
        }

        private TestStore Open(IFileSystem files) => TestStore.Open(files, SampleStore.KeepLog, Mode, BootId);

        private void CheckWhole(SimulatedFileSystem files)
        {
            using (TestStore store = Open(files))
            {
                Assert.Equal(State, store.Dump());
                store.Set("after", "1");
            }

            SimulatedFileSystem afterCut = files.CrashImage(CrashImageKind.DropPending);
            using TestStore again = TestStore.Open(afterCut, SampleStore.KeepLog, RecoveryMode.Strict, "boot-9");
            Assert.Equal($"after=1;{State}", again.Dump());
            if (Evidence is null)
                return;
            StoreImage kept = StoreImage.Of(afterCut);
            Assert.Contains(kept.Paths, path => path.StartsWith("quarantine/", StringComparison.Ordinal) && kept[path].AsSpan().SequenceEqual(Sample.Image[Evidence]));
        }
    }
}

using Persistence.Diagnostics;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Terminals;

/// <summary>A cut anywhere while terminals write, are put into checkpoints and read from them: the state is that after so many of the steps, all that were acknowledged among them.</summary>
public sealed class TerminalCrashTests
{
    private static readonly CrashImageKind[] Kinds =
        [CrashImageKind.DropPending, CrashImageKind.KeepEverything, CrashImageKind.KeepNamesOnly, CrashImageKind.KeepDataOnly];

    [Theory]
    [InlineData("boot-1", 0)]
    [InlineData("boot-2", 1)]
    public void A_cut_at_any_operation_loses_nothing_acknowledged_and_invents_nothing(string bootId, int first)
    {
        List<Cut> cuts = Cuts();
        Assert.True(cuts.Count > 400, $"only {cuts.Count} cuts");
        int recoveries = 0;
        for (int i = first; i < cuts.Count; i += 3)
        {
            cuts[i].Check(bootId);
            if (i % 61 < 3)
                recoveries += cuts[i].CheckRecoveryCutShort(bootId);
        }

        Assert.True(recoveries > 50, $"only {recoveries} recoveries cut short");
    }

    /// <summary>What lies between all and nothing: parts missing, parts that came early, writes in part, anything.</summary>
    [Theory]
    [InlineData("ext4-ordered")]
    [InlineData("posix-min")]
    public void A_power_cut_leaves_a_state_that_was(string profile)
    {
        SimulatedFileSystem disk = new();
        TerminalWorkload workload = TerminalWorkload.Create(disk);
        TraceRecorder recorder = disk.StartRecording();
        List<long> began = [];
        List<long> acknowledged = [0];
        workload.Run(_ => began.Add(recorder.Mark()), _ => acknowledged.Add(recorder.Mark()));
        DiskTrace trace = recorder.ToTrace();
        CrashStateSpace space = new(trace, CrashProfile.Find(profile)!);
        CrashStateEnumerator states = new(space, 0, trace.End, seed: 7);
        HashSet<(ulong, int, int)> seen = [];
        for (int tier = 0; tier < CrashStateEnumerator.Tiers; tier++)
        {
            int number = 0;
            foreach (CrashChoice choice in states.Enumerate(tier).Take(tier == 6 ? 150 : 20_000))
            {
                if (tier < 6 && number++ % 23 != 0)
                    continue;
                int least = acknowledged.FindLastIndex(stamp => stamp < choice.Cut);
                int most = began.FindLastIndex(stamp => stamp < choice.Cut) + 1;
                CrashState state = space.At(choice);
                if (seen.Add((state.Hash, least, most)))
                    new Cut($"{profile}, tier {tier}, cut at {choice.Cut}", state.ToFileSystem(), least, most).Check("boot-2");
            }
        }

        Assert.True(seen.Count > 300, $"only {seen.Count} states");
    }

    /// <summary>The flush of a commit that fails: nothing of it is seen, and the next opening has it or has it not.</summary>
    [Fact]
    public void A_flush_that_fails_leaves_the_state_with_the_commit_or_without_it()
    {
        for (int failing = 1; failing <= 12; failing++)
        {
            SimulatedFileSystem disk = new();
            int syncs = 0;
            int taken = 0;
            bool isCreated = false;
            FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
                isCreated && operation.Kind == StorageOperationKind.SyncData && operation.Path.StartsWith("wal/", StringComparison.Ordinal) && ++syncs == failing ? new InjectedFault(StorageFault.Failed) : null);
            TerminalWorkload workload = TerminalWorkload.Create(files);
            isCreated = true;
            StoreException failed = Assert.ThrowsAny<StoreException>(() => workload.Run(static _ => { }, steps => taken = steps));
            // It is the log's, or that of a segment which only was to become the log's.
            Assert.True(failed.Error is StoreError.StoreFaulted or StoreError.StorageFailed, failed.Message);
            foreach (CrashImageKind kind in Kinds)
                new Cut($"flush {failing} failed, {kind}", disk.CrashImage(kind), taken, taken + 1).Check("boot-2");
            workload.Abandon();
        }
    }

    private static List<Cut> Cuts()
    {
        SimulatedFileSystem disk = new();
        List<Cut> cuts = [];
        int least = 0;
        int most = 0;
        bool isCreated = false;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (isCreated && CrashPoint.Changes(operation.Kind))
            {
                StorageOperation at = operation;
                cuts.AddRange(Kinds.Select(kind => new Cut($"cut before operation {at.Ordinal} ({at.Kind} {at.Path}) {kind}", disk.CrashImage(kind), least, most)));
            }

            return null;
        });
        TerminalWorkload workload = TerminalWorkload.Create(files);
        isCreated = true;
        workload.Run(step => most = step + 1, step => least = step);
        return cuts;
    }

    /// <summary>A disk as it was left, and after how many steps its state may be.</summary>
    private sealed record Cut(string Name, SimulatedFileSystem Disk, int Least, int Most)
    {
        public void Check(string bootId)
        {
            SimulatedFileSystem disk = Disk.CrashImage(CrashImageKind.KeepEverything);
            try
            {
                using (TerminalStore store = Open(disk, bootId))
                {
                    string found = store.Dump();
                    Assert.True(TerminalWorkload.AllStates.Take(Most + 1).Skip(Least).Contains(found), $"{Name}: after {Least} to {Most} steps\n{found}");
                    Assert.Empty(((IStateModel)store.Terminals).FindViolations());
                    WriteMore(store, disk, bootId);
                }

                Assert.Empty(disk.OpenFiles);
            }
            catch (StoreException e)
            {
                throw new InvalidOperationException($"{Name}: {e.Message}", e);
            }
        }

        public int CheckRecoveryCutShort(string bootId)
        {
            SimulatedFileSystem disk = Disk.CrashImage(CrashImageKind.KeepEverything);
            List<Cut> cuts = [];
            FaultInjectingFileSystem watched = new(disk, (in StorageOperation operation) =>
            {
                if (CrashPoint.Changes(operation.Kind))
                {
                    StorageOperation at = operation;
                    CrashImageKind kind = Kinds[at.Ordinal % Kinds.Length];
                    cuts.Add(this with { Name = $"{Name}, recovery cut before {at.Ordinal} ({at.Kind} {at.Path}) {kind}", Disk = disk.CrashImage(kind) });
                }

                return null;
            });
            Open(watched, bootId).Dispose();
            foreach (Cut cut in cuts)
                cut.Check(bootId);
            return cuts.Count;
        }

        private static TerminalStore Open(IFileSystem disk, string bootId) => TerminalStore.Open(TestStore.DeterministicHostFor(disk, seed: 9, bootId: bootId), TerminalWorkload.Options);

        private static void WriteMore(TerminalStore store, SimulatedFileSystem disk, string bootId)
        {
            foreach (PaneId pane in store.Terminals.Tree.Panes.Keys)
                store.Write(pane, "more\n");
            store.Change(static batch => batch.CreateSession("more"));
            store.Store.TakeCheckpoint();
            using TerminalStore again = Open(disk.CrashImage(CrashImageKind.DropPending), bootId);
            Assert.Equal(store.Dump(), again.Dump());
        }
    }
}

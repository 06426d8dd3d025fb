using Persistence.Diagnostics;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Recovery;

/// <summary>Going back in place, cut at every operation: the old history or the new one, never a mixture, and nothing of what was left is lost.</summary>
public sealed class GoingBackCutShortTests
{
    private static readonly BranchedHistory History = BranchedHistory.Instance;
    private static readonly CrashImageKind[] AllKinds =
        [CrashImageKind.DropPending, CrashImageKind.KeepEverything, CrashImageKind.KeepNamesOnly, CrashImageKind.KeepDataOnly];

    [Theory]
    [InlineData(2, "boot-1", true)]
    [InlineData(2, "boot-2", false)]
    [InlineData(9, "boot-1", false)]
    [InlineData(17, "boot-2", true)]
    [InlineData(-1, "boot-1", false)]
    public void A_cut_at_any_operation_leaves_one_history_or_the_other(int commit, string bootId, bool isClosed)
    {
        SimulatedFileSystem files = History.Copy();
        if (!isClosed)
            files = KillAfterWriting(files);
        string oldState = StateOf(files);
        (Lsn lsn, _, string newState) = History.Commits[commit < 0 ? History.Commits.Count + commit : commit];
        List<(string What, SimulatedFileSystem Image)> cuts = CutEverywhere(files, lsn);
        Assert.True(cuts.Count > 40, $"only {cuts.Count} cuts");
        int old = 0;
        foreach ((string what, SimulatedFileSystem image) in cuts)
        {
            SimulatedFileSystem again = image.CrashImage(CrashImageKind.KeepEverything);
            using (TestStore store = TestStore.Open(image, BranchedHistory.Options, bootId: bootId))
            {
                string found = store.Dump();
                Assert.True(found == oldState || found == newState, what);
                old += found == oldState ? 1 : 0;
                store.Set("more", "1");
                store.Store.TakeCheckpoint();
            }

            RequireEverything(image, what);
            using (TestStore store = TestStore.Open(again, BranchedHistory.Options, bootId: bootId, target: RecoveryTarget.ToLsn(lsn)))
                Assert.True(newState == store.Dump(), what);
            RequireEverything(again, what);
        }

        Assert.InRange(old, 1, oldState == newState ? cuts.Count : cuts.Count - 1);
    }

    [Fact]
    public void Losing_ROOTs_newest_slot_after_going_back_does_not_bring_the_old_history_back()
    {
        SimulatedFileSystem files = History.Copy();
        (Lsn lsn, _, _) = History.Commits[5];
        string expected;
        using (TestStore store = TestStore.Open(files, BranchedHistory.Options, target: RecoveryTarget.ToLsn(lsn)))
        {
            store.Set("acknowledged", "1");
            expected = store.Dump();
            files = files.CrashImage(CrashImageKind.DropPending);
        }

        StoreImage image = StoreImage.Of(files);
        int slot = (int)(RootFile.Read(files).Believed!.Generation & 1) * 2 * RootCodec.CopyBytes;
        image.Flip("ROOT", slot + 100);
        image.Flip("ROOT", slot + RootCodec.CopyBytes + 100);
        using TestStore again = TestStore.Open(image.ToFiles(), BranchedHistory.Options);
        Assert.Equal(expected, again.Dump());
    }

    [Fact]
    public void A_ROOT_that_is_rebuilt_lists_no_checkpoint_of_a_history_that_was_left()
    {
        (Lsn lsn, _, _) = History.Commits[8];
        SimulatedFileSystem files = History.Copy();
        string expected;
        StoreImage left = StoreImage.Of(files);
        using (TestStore store = TestStore.Open(files, BranchedHistory.Options, target: RecoveryTarget.ToLsn(lsn)))
        {
            store.Set("new", "1");
            store.Store.TakeCheckpoint();
            store.Set("new", "2");
            expected = store.Dump();
        }

        // Somebody puts them back.
        StoreImage image = StoreImage.Of(files);
        foreach (string path in left.Paths.Where(path => path.StartsWith("checkpoints/", StringComparison.Ordinal)))
            image[path] = left[path];
        image.Remove("ROOT");
        using TestStore again = TestStore.Open(image.ToFiles(), BranchedHistory.Options, RecoveryMode.TolerateTail);
        Assert.Equal(expected, again.Dump());
    }

    [Fact]
    public void Without_the_segment_that_begins_the_branch_the_log_ends_at_the_fork_and_not_on_the_branch_before()
    {
        (Lsn lsn, _, string state) = History.Commits[3];
        SimulatedFileSystem files = History.Copy();
        using (TestStore store = TestStore.Open(files, BranchedHistory.Options, target: RecoveryTarget.ToLsn(lsn)))
            store.Set("lost", "1");
        StoreImage image = StoreImage.Of(files);
        image.Remove(image.Paths.Last(path => path.EndsWith(".wal", StringComparison.Ordinal)));
        Assert.Equal(StoreError.SequenceGap, Assert.ThrowsAny<StoreException>(() => TestStore.Open(image.ToFiles(), BranchedHistory.Options)).Error);
        using TestStore again = TestStore.Open(image.ToFiles(), BranchedHistory.Options, RecoveryMode.TolerateTail);
        Assert.Equal(state, again.Dump());
    }

    private static SimulatedFileSystem KillAfterWriting(SimulatedFileSystem files)
    {
        using TestStore store = TestStore.Open(files, BranchedHistory.Options);
        store.Set("unclean", "1");
        return files.CrashImage(CrashImageKind.KeepEverything);
    }

    private static string StateOf(SimulatedFileSystem files)
    {
        using TestStore store = TestStore.OpenReadOnly(files);
        return store.Dump();
    }

    private static List<(string What, SimulatedFileSystem Image)> CutEverywhere(SimulatedFileSystem files, Lsn lsn)
    {
        List<(string What, SimulatedFileSystem Image)> cuts = [];
        FaultInjectingFileSystem watched = new(files, (in StorageOperation operation) =>
        {
            if (!CrashPoint.Changes(operation.Kind))
                return null;
            foreach (CrashImageKind kind in AllKinds)
                cuts.Add(($"cut before operation {operation.Ordinal} ({operation.Kind} {operation.Path}) {kind}", files.CrashImage(kind)));
            return null;
        });
        using TestStore store = TestStore.Open(TestStore.DeterministicHostFor(watched, seed: 77), BranchedHistory.Options, target: RecoveryTarget.ToLsn(lsn));
        return cuts;
    }

    private static void RequireEverything(SimulatedFileSystem files, string what)
    {
        foreach ((Lsn other, _, string kept) in History.Commits.Where((_, index) => index % 3 == 0))
        {
            using TestStore earlier = TestStore.OpenReadOnly(files, target: RecoveryTarget.ToLsn(other));
            Assert.True(kept == earlier.Dump(), $"{what}: LSN {other} is lost");
        }
    }
}

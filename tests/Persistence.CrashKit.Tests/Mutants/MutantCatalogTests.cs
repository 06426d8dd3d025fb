using Persistence.CrashKit.Mutants;
using Persistence.CrashKit.Runs;
using Xunit;

namespace Persistence.CrashKit.Tests.Mutants;

public sealed class MutantCatalogTests
{
    // Fixed: reports of different versions are compared by them.
    private static readonly string[] Names =
    [
        "ack-before-flush",
        "flush-before-write",
        "no-dir-sync-after-new-segment",
        "segment-header-not-synced",
        "checkpoint-renamed-unflushed",
        "no-dir-sync-before-log-delete",
        "log-deleted-before-checkpoint-rename",
        "checkpoint-in-place",
        "checkpoint-not-validated",
        "skip-checksum",
        "zero-length-zero-checksum-accepted",
        "checksum-omits-length",
        "recycled-segment-without-salt",
        "apply-twice",
        "checkpoint-lsn-off-by-one",
        "batch-split-over-records",
        "bad-record-skipped",
        "valid-records-truncated-at-bit-flip",
        "torn-tail-not-fenced",
        "flush-error-ignored",
        "flush-retried-and-believed",
        "new-handle-used-to-flush",
        "short-write-ignored",
        "full-disk-half-record",
        "group-commit-acks-past-flush",
        "extension-not-durable",
        "recovery-not-idempotent",
        "recovery-truncation-not-synced",
        "segments-deleted-newest-first",
        "non-final-torn-tail-accepted",
        "old-checkpoint-deleted-early",
        "misdirected-write-accepted",
        "read-only-still-acks",
        "replay-stops-when-time-goes-back",
        "commit-frame-without-records",
        "inner-abort-applied",
        "increment-on-wrong-parent",
        "archive-deleted-before-verified",
        "clean-flag-before-last-flush",
        "lock-released-before-last-flush",
        "tail-believed-from-cache",
        "active-segment-not-in-root",
        "lsn-reused",
        "tombstones-dropped-by-failed-checkpoint",
        "checkpoint-published-ahead-of-log",
        "truncation-above-open-transaction",
        "tailer-emits-unsynced",
        "reader-believes-recycled-segment",
        "replay-follows-dead-branch",
        "segment-removed-under-backup",
        "ack-before-write",
        "conflict-not-detected",
        "file-content-not-synced",
        "file-changed-ahead-of-log",
        "increment-leaves-output-out",
        "scrollback-trimmed-too-far",
        "destroyed-pane-comes-back",
        "removed-components-left-out",
        "removed-components-forgotten",
        "increment-leaves-components-out",
        "generation-not-advanced",
        "components-outlive-entity",
        "dropped-field-shifts-columns",
    ];

    [Fact]
    public void Names_and_numbers_are_the_fixed_ones()
    {
        Assert.Equal(Names, MutantCatalog.All.Select(mutant => mutant.Name));
        Assert.Equal(Enumerable.Range(1, Names.Length), MutantCatalog.All.Select(mutant => mutant.Id));
    }

    [Fact]
    public void The_active_ones_are_those_the_second_compilation_knows() =>
        Assert.Equal(ActiveNames.Order(), MutantCore.ReadNames().Order());

    [Fact]
    public void Each_of_them_is_asked_for_somewhere_in_the_engine() =>
        Assert.Empty(ActiveNames.Except(MutantCore.ReadNamesInCode()));

    [Fact]
    public void What_cannot_be_caught_says_why() =>
        Assert.All(MutantCatalog.All, mutant => Assert.Equal(mutant.Status == MutantStatus.Active, string.IsNullOrEmpty(mutant.Reason)));

    [Fact]
    public void Every_tier_has_something_to_catch() =>
        Assert.Equal(Enum.GetValues<MutantTier>(), MutantCatalog.All.Where(mutant => mutant.Status == MutantStatus.Active).Select(mutant => mutant.Tier).Distinct().Order());

    [Fact]
    public void The_canaries_of_the_kill_tier_are_among_them() =>
        Assert.All(MutantNames.OfKillTier, name => Assert.Equal(MutantStatus.Active, MutantCatalog.Find(name)?.Status));

    [Fact]
    public void One_process_makes_one_mistake_after_the_other()
    {
        using MutantCore core = new();
        Assert.Null(core.Active);
        foreach (string name in ActiveNames)
        {
            core.Active = name;
            Assert.Equal([name], ActiveNames.Where(core.Is));
        }

        core.Active = null;
        Assert.DoesNotContain(ActiveNames, core.Is);
    }

    private static IEnumerable<string> ActiveNames =>
        MutantCatalog.All.Where(mutant => mutant.Status == MutantStatus.Active).Select(mutant => mutant.Name);
}

namespace Persistence.CrashKit.Mutants;

/// <summary>Every mutant there is to be, by number. Those that are active are compiled into the second engine, by the same names.</summary>
public static class MutantCatalog
{
    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<Mutant> All { get; } =
    [
        Active(1, "ack-before-flush", MutantTier.PowerLoss, "A flush is taken for done without asking the disk: what was written is acknowledged."),
        Active(2, "flush-before-write", MutantTier.PowerLoss, "The flush comes before the write it is to cover."),
        Active(3, "no-dir-sync-after-new-segment", MutantTier.PowerLoss, "A new segment's name is not made durable before frames go into it."),
        Active(4, "segment-header-not-synced", MutantTier.PowerLoss, "A new segment's header is not made durable before ROOT names the segment."),
        Active(5, "checkpoint-renamed-unflushed", MutantTier.PowerLoss, "A checkpoint's bytes are not made durable before it gets its name."),
        Active(6, "no-dir-sync-before-log-delete", MutantTier.PowerLoss, "A checkpoint's name is not made durable before the log it replaces is removed."),
        Active(7, "log-deleted-before-checkpoint-rename", MutantTier.PowerLoss, "The log below a checkpoint is removed before the checkpoint has its name."),
        Active(8, "checkpoint-in-place", MutantTier.PowerLoss, "A checkpoint is written over the newest one there is."),
        Active(9, "checkpoint-not-validated", MutantTier.Corruption, "A checkpoint's blocks are believed without looking at checksums."),
        Active(10, "skip-checksum", MutantTier.Corruption, "Frames are believed without looking at their checksums."),
        Active(11, "zero-length-zero-checksum-accepted", MutantTier.Corruption, "Zeros pass for a frame without content: no bytes, whose checksum is zero."),
        Active(12, "checksum-omits-length", MutantTier.Corruption, "A segment header's checksum leaves out the length of the segment."),
        Equivalent(13, "recycled-segment-without-salt", MutantTier.Continue,
            "A recycled file keeps the salt of its former incarnation, and no frame is held against it.",
            "Every frame also carries its own LSN, which is held against the place it is read from. Positions are never used twice: a segment opened "
            + "by a roll begins where the one before it ends, and one opened by recovery above every segment, abandoned ones and free LSN included. So "
            + "whatever an incarnation left in a file was written for positions below the new one's first, and fails on the LSN before the salt is "
            + "missed, in replay as in the search for proof. ROOT tells segments apart by sequence and first LSN as well."),
        Active(14, "apply-twice", MutantTier.Kill, "Replay comes back to the sealed segments after the newest one, and applies their records a second time."),
        Active(15, "checkpoint-lsn-off-by-one", MutantTier.PowerLoss, "The first record behind a checkpoint is taken to be in it."),
        Active(16, "batch-split-over-records", MutantTier.PowerLoss, "The changes of a batch are committed one by one."),
        Active(17, "bad-record-skipped", MutantTier.Corruption, "Replay goes on with the next valid frame behind a bad one."),
        Active(18, "valid-records-truncated-at-bit-flip", MutantTier.Corruption, "Whatever is bad in the newest segment is taken for a torn tail, proof or not."),
        Active(19, "torn-tail-not-fenced", MutantTier.Continue, "The segment that recovery opens does not say where the one with the torn tail ends."),
        Active(20, "flush-error-ignored", MutantTier.Fault, "A failed flush counts as done."),
        Active(21, "flush-retried-and-believed", MutantTier.Fault, "A failed flush is tried again, and its success believed."),
        Active(22, "new-handle-used-to-flush", MutantTier.Fault, "After a failed flush the file is opened again and flushed through the new handle, which is believed."),
        Active(23, "short-write-ignored", MutantTier.Fault, "A frame written in part counts as written."),
        Active(24, "full-disk-half-record", MutantTier.Fault, "A frame of which a full disk took a part counts as written: the log goes on behind it."),
        Active(25, "group-commit-acks-past-flush", MutantTier.PowerLoss, "Who joins while a flush is under way is acknowledged with that flush."),
        Active(26, "extension-not-durable", MutantTier.PowerLoss, "A segment gets its length after its header was made durable."),
        Active(27, "recovery-not-idempotent", MutantTier.Continue, "Recovery takes the newest segment away before its copy is in place."),
        Active(28, "recovery-truncation-not-synced", MutantTier.Continue, "What recovery cut off behind the end and wrote anew is not made durable before it takes the original's name."),
        Equivalent(29, "segments-deleted-newest-first", MutantTier.PowerLoss,
            "Retired segments are removed newest first.",
            "All segments retired in one round lie below what either slot of ROOT needs, no starting point reads them, and their names go in one "
            + "directory with no sync in between: a power cut in the middle may leave any subset of them, whatever the order. What the other order "
            + "leaves after a kill or an error is one of those subsets, of which the older ones are no longer part of the contiguous log and go in the "
            + "next round."),
        Active(30, "non-final-torn-tail-accepted", MutantTier.Corruption, "What is bad in a sealed segment is taken for a torn tail."),
        Active(31, "old-checkpoint-deleted-early", MutantTier.PowerLoss, "The checkpoint that is to be replaced is removed before ROOT lists the new one."),
        Active(32, "misdirected-write-accepted", MutantTier.Corruption, "A frame is believed wherever it is found: neither its position nor its predecessor is looked at."),
        Active(33, "read-only-still-acks", MutantTier.Fault, "Writes and flushes refused by a disk that has become read-only count as done."),
        Active(34, "replay-stops-when-time-goes-back", MutantTier.Continue, "Replay applies nothing any more once a frame is older than the one before it."),
        Active(35, "commit-frame-without-records", MutantTier.PowerLoss, "A new segment is begun in the middle of a transaction before the records in the old one are durable."),
        Active(36, "inner-abort-applied", MutantTier.Kill, "The changes of a nested transaction that was rolled back are committed with the outer one."),
        Active(37, "increment-on-wrong-parent", MutantTier.Fault, "An increment holds what has changed since the last attempt at a checkpoint, though that failed, and builds on the one before."),
        Active(38, "archive-deleted-before-verified", MutantTier.Fault, "A segment is removed before its archived copy was verified."),
        Active(39, "clean-flag-before-last-flush", MutantTier.PowerLoss, "Closing records the clean end before the last frames are flushed."),
        Active(40, "lock-released-before-last-flush", MutantTier.Kill, "Closing gives the lock back before the last frames are written."),
        Active(41, "tail-believed-from-cache", MutantTier.Continue, "What recovery reads of the newest segment is believed to be on the disk, whoever wrote it when."),
        Active(42, "active-segment-not-in-root", MutantTier.Corruption, "ROOT is not told of a new segment."),
        Active(43, "lsn-reused", MutantTier.Continue, "The segment that recovery opens begins where the log ended, at positions the one before it has too."),
        Active(44, "tombstones-dropped-by-failed-checkpoint", MutantTier.Fault, "A checkpoint that fails forgets the deletions it was to carry."),
        Active(45, "checkpoint-published-ahead-of-log", MutantTier.PowerLoss, "A checkpoint is published before the log is flushed up to it."),
        Active(46, "truncation-above-open-transaction", MutantTier.PowerLoss, "A checkpoint lets go of the log below it, though a transaction begun there is not committed yet."),
        Active(47, "tailer-emits-unsynced", MutantTier.PowerLoss, "Who follows the log of another process gives out what is not known to be flushed."),
        Active(48, "reader-believes-recycled-segment", MutantTier.Kill, "A reader does not look whether the file it holds is still the segment it opened."),
        Active(49, "replay-follows-dead-branch", MutantTier.Continue, "Replay reads a segment to its own end, though the history that is replayed leaves it before that."),
        Active(50, "segment-removed-under-backup", MutantTier.Kill, "A backup does not lock the segments that it copies: retention makes others of them meanwhile."),
        Active(51, "ack-before-write", MutantTier.Kill, "Commits are acknowledged once they are sequenced; somebody else writes them later."),
        Active(52, "conflict-not-detected", MutantTier.Kill, "Nobody looks whether what a transaction has read was changed before it is committed."),
        Active(53, "file-content-not-synced", MutantTier.PowerLoss, "The content of a file that a transaction writes is not flushed before the commit."),
        Active(54, "file-changed-ahead-of-log", MutantTier.PowerLoss, "Files are changed before the commit that says so is flushed."),
        Active(55, "increment-leaves-output-out", MutantTier.PowerLoss, "An increment leaves out the output of terminals that is in no checkpoint yet."),
        Active(56, "scrollback-trimmed-too-far", MutantTier.PowerLoss, "One chunk more of scrollback goes than the limits allow."),
        Active(57, "destroyed-pane-comes-back", MutantTier.PowerLoss, "What an increment does not repeat of the hierarchy of terminals stays as it was before."),
        Active(58, "removed-components-left-out", MutantTier.PowerLoss, "An increment does not say which components of entities were removed."),
        Active(59, "removed-components-forgotten", MutantTier.Fault, "A checkpoint that fails forgets which components of entities were removed."),
        Active(60, "increment-leaves-components-out", MutantTier.PowerLoss, "An increment leaves out the components of entities that have got or lost none, though values have changed."),
        Active(61, "generation-not-advanced", MutantTier.PowerLoss, "Replay does not advance the generation of a slot whose entity is deleted."),
        Active(62, "components-outlive-entity", MutantTier.PowerLoss, "Replay leaves the components of an entity that is deleted where they are."),
        Active(63, "dropped-field-shifts-columns", MutantTier.PowerLoss, "The columns of a checkpoint are taken for those of the fields from number 1 up, whether one was dropped or not."),
    ];

    /// <summary>The mutant of that name, or null.</summary>
    public static Mutant? Find(string name) => All.FirstOrDefault(mutant => mutant.Name == name);

    private static Mutant Active(int id, string name, MutantTier tier, string mistake) => new(id, name, tier, MutantStatus.Active, mistake, Reason: null);

    private static Mutant Equivalent(int id, string name, MutantTier tier, string mistake, string reason) => new(id, name, tier, MutantStatus.Equivalent, mistake, reason);

    private static Mutant Pending(int id, string name, MutantTier tier, string mistake, string feature) => new(id, name, tier, MutantStatus.Pending, mistake, $"Not in the engine yet: {feature}.");
}

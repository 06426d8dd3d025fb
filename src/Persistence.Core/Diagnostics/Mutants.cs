#if MUTANTS
#pragma warning disable RS0030 // Compiled for the harness only: how its worker is told which mistake to make is the harness' business.

namespace Persistence.Diagnostics;

/// <summary>
/// Deliberate mistakes, one at a time, to prove that the harness finds them. This file and every block that asks it exist only
/// where MUTANTS is defined, which the shipped engine's project never does.
/// </summary>
internal static class Mutants
{
    /// <summary>A flush is taken for done without asking the disk: what was written is acknowledged.</summary>
    public const string AckBeforeFlush = "ack-before-flush";

    /// <summary>The flush comes before the write it is to cover.</summary>
    public const string FlushBeforeWrite = "flush-before-write";

    /// <summary>A new segment's name is not made durable before frames go into it.</summary>
    public const string NoDirSyncAfterNewSegment = "no-dir-sync-after-new-segment";

    /// <summary>A new segment's header is not made durable before ROOT names the segment.</summary>
    public const string SegmentHeaderNotSynced = "segment-header-not-synced";

    /// <summary>A checkpoint's bytes are not made durable before it gets its name.</summary>
    public const string CheckpointRenamedUnflushed = "checkpoint-renamed-unflushed";

    /// <summary>A checkpoint's name is not made durable before the log it replaces is removed.</summary>
    public const string NoDirSyncBeforeLogDelete = "no-dir-sync-before-log-delete";

    /// <summary>The log below a checkpoint is removed before the checkpoint has its name.</summary>
    public const string LogDeletedBeforeCheckpointRename = "log-deleted-before-checkpoint-rename";

    /// <summary>A checkpoint is written over the newest one there is.</summary>
    public const string CheckpointInPlace = "checkpoint-in-place";

    /// <summary>A checkpoint's blocks are believed without looking at checksums.</summary>
    public const string CheckpointNotValidated = "checkpoint-not-validated";

    /// <summary>Frames are believed without looking at their checksums.</summary>
    public const string SkipChecksum = "skip-checksum";

    /// <summary>Zeros pass for a frame without content: no bytes, whose checksum is zero.</summary>
    public const string ZeroLengthZeroChecksumAccepted = "zero-length-zero-checksum-accepted";

    /// <summary>A segment header's checksum leaves out the length of the segment.</summary>
    public const string ChecksumOmitsLength = "checksum-omits-length";

    /// <summary>Replay comes back to the sealed segments after the newest one, and applies their records a second time.</summary>
    public const string ApplyTwice = "apply-twice";

    /// <summary>The first record behind a checkpoint is taken to be in it.</summary>
    public const string CheckpointLsnOffByOne = "checkpoint-lsn-off-by-one";

    /// <summary>The changes of a batch are committed one by one.</summary>
    public const string BatchSplitOverRecords = "batch-split-over-records";

    /// <summary>Replay goes on with the next valid frame behind a bad one.</summary>
    public const string BadRecordSkipped = "bad-record-skipped";

    /// <summary>Whatever is bad in the newest segment is taken for a torn tail, proof or not.</summary>
    public const string ValidRecordsTruncatedAtBitFlip = "valid-records-truncated-at-bit-flip";

    /// <summary>The segment that recovery opens does not say where the one with the torn tail ends.</summary>
    public const string TornTailNotFenced = "torn-tail-not-fenced";

    /// <summary>A failed flush counts as done.</summary>
    public const string FlushErrorIgnored = "flush-error-ignored";

    /// <summary>A failed flush is tried again, and its success believed.</summary>
    public const string FlushRetriedAndBelieved = "flush-retried-and-believed";

    /// <summary>After a failed flush the file is opened again and flushed through the new handle, which is believed.</summary>
    public const string NewHandleUsedToFlush = "new-handle-used-to-flush";

    /// <summary>A frame written in part counts as written.</summary>
    public const string ShortWriteIgnored = "short-write-ignored";

    /// <summary>A frame of which a full disk took a part counts as written: the log goes on behind it.</summary>
    public const string FullDiskHalfRecord = "full-disk-half-record";

    /// <summary>Who joins while a flush is under way is acknowledged with that flush.</summary>
    public const string GroupCommitAcksPastFlush = "group-commit-acks-past-flush";

    /// <summary>A segment gets its length after its header was made durable.</summary>
    public const string ExtensionNotDurable = "extension-not-durable";

    /// <summary>Recovery takes the newest segment away before its copy is in place.</summary>
    public const string RecoveryNotIdempotent = "recovery-not-idempotent";

    /// <summary>What recovery cut off behind the end and wrote anew is not made durable before it takes the original's name.</summary>
    public const string RecoveryTruncationNotSynced = "recovery-truncation-not-synced";

    /// <summary>What is bad in a sealed segment is taken for a torn tail.</summary>
    public const string NonFinalTornTailAccepted = "non-final-torn-tail-accepted";

    /// <summary>The checkpoint that is to be replaced is removed before ROOT lists the new one.</summary>
    public const string OldCheckpointDeletedEarly = "old-checkpoint-deleted-early";

    /// <summary>A frame is believed wherever it is found: neither its position nor its predecessor is looked at.</summary>
    public const string MisdirectedWriteAccepted = "misdirected-write-accepted";

    /// <summary>Writes and flushes refused by a disk that has become read-only count as done.</summary>
    public const string ReadOnlyStillAcks = "read-only-still-acks";

    /// <summary>Replay applies nothing any more once a frame is older than the one before it.</summary>
    public const string ReplayStopsWhenTimeGoesBack = "replay-stops-when-time-goes-back";

    /// <summary>A segment is removed before its archived copy was verified.</summary>
    public const string ArchiveDeletedBeforeVerified = "archive-deleted-before-verified";

    /// <summary>Closing records the clean end before the last frames are flushed.</summary>
    public const string CleanFlagBeforeLastFlush = "clean-flag-before-last-flush";

    /// <summary>Closing gives the lock back before the last frames are written.</summary>
    public const string LockReleasedBeforeLastFlush = "lock-released-before-last-flush";

    /// <summary>What recovery reads of the newest segment is believed to be on the disk, whoever wrote it when.</summary>
    public const string TailBelievedFromCache = "tail-believed-from-cache";

    /// <summary>ROOT is not told of a new segment.</summary>
    public const string ActiveSegmentNotInRoot = "active-segment-not-in-root";

    /// <summary>The segment that recovery opens begins where the log ended, at positions the one before it has too.</summary>
    public const string LsnReused = "lsn-reused";

    /// <summary>A new segment is begun in the middle of a transaction before the records in the old one are durable.</summary>
    public const string CommitFrameWithoutRecords = "commit-frame-without-records";

    /// <summary>What a nested transaction has changed stays in the commit when it is rolled back.</summary>
    public const string InnerAbortApplied = "inner-abort-applied";

    /// <summary>Nobody looks whether what a transaction has read was changed before it is committed.</summary>
    public const string ConflictNotDetected = "conflict-not-detected";

    /// <summary>A checkpoint lets go of the log below it, though a transaction begun there is not committed yet.</summary>
    public const string TruncationAboveOpenTransaction = "truncation-above-open-transaction";

    /// <summary>A checkpoint is published before the log is flushed up to it.</summary>
    public const string CheckpointPublishedAheadOfLog = "checkpoint-published-ahead-of-log";

    /// <summary>Who follows the log gives out what is not known to be flushed.</summary>
    public const string TailerEmitsUnsynced = "tailer-emits-unsynced";

    /// <summary>A reader does not look whether the file it holds is still the segment it opened.</summary>
    public const string ReaderBelievesRecycledSegment = "reader-believes-recycled-segment";

    /// <summary>A backup does not lock the segments it copies.</summary>
    public const string SegmentRemovedUnderBackup = "segment-removed-under-backup";

    /// <summary>An increment holds what has changed since the last attempt at a checkpoint, though that may have failed and it builds on the one before.</summary>
    public const string IncrementOnWrongParent = "increment-on-wrong-parent";

    /// <summary>A checkpoint that fails forgets the deletions it was to carry.</summary>
    public const string TombstonesDroppedByFailedCheckpoint = "tombstones-dropped-by-failed-checkpoint";

    /// <summary>Replay reads a segment to its own end, though the history that is replayed leaves it before that.</summary>
    public const string ReplayFollowsDeadBranch = "replay-follows-dead-branch";

    /// <summary>Commits are acknowledged once they are sequenced; somebody else writes them later.</summary>
    public const string AckBeforeWrite = "ack-before-write";

    /// <summary>The content of a file that a transaction writes is not flushed before the commit.</summary>
    public const string FileContentNotSynced = "file-content-not-synced";

    /// <summary>Files are changed before the commit that says so is flushed.</summary>
    public const string FileChangedAheadOfLog = "file-changed-ahead-of-log";

    /// <summary>An increment leaves out the output that is in no checkpoint yet.</summary>
    public const string IncrementLeavesOutputOut = "increment-leaves-output-out";

    /// <summary>One chunk more of scrollback goes than the limits allow.</summary>
    public const string ScrollbackTrimmedTooFar = "scrollback-trimmed-too-far";

    /// <summary>What an increment does not repeat of the hierarchy of terminals stays as it was before.</summary>
    public const string DestroyedPaneComesBack = "destroyed-pane-comes-back";

    /// <summary>An increment does not say which components of entities were removed.</summary>
    public const string RemovedComponentsLeftOut = "removed-components-left-out";

    /// <summary>A checkpoint that fails forgets which components of entities were removed.</summary>
    public const string RemovedComponentsForgotten = "removed-components-forgotten";

    /// <summary>An increment leaves out the components of entities that have got or lost none, though values have changed.</summary>
    public const string IncrementLeavesComponentsOut = "increment-leaves-components-out";

    /// <summary>Replay does not advance the generation of a slot whose entity is deleted.</summary>
    public const string GenerationNotAdvanced = "generation-not-advanced";

    /// <summary>Replay leaves the components of an entity that is deleted where they are.</summary>
    public const string ComponentsOutliveEntity = "components-outlive-entity";

    /// <summary>The columns of a checkpoint are taken for those of the fields from number 1 up, whether one was dropped or not.</summary>
    public const string DroppedFieldShiftsColumns = "dropped-field-shifts-columns";

    /// <summary>The mistake being made, or null. Set by the harness between runs, or for a whole process by its environment.</summary>
    public static string? Active { get; set; } = Environment.GetEnvironmentVariable("PERSISTENCE_MUTANT");

    public static bool Is(string name) => Active == name;
}
#endif

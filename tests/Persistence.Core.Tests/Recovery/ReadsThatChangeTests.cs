using Persistence.Diagnostics;
using Persistence.Recovery;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Recovery;

/// <summary>A disk, or a writer beside the reader, that does not show the same bytes twice.</summary>
public sealed class ReadsThatChangeTests
{
    [Fact]
    public void A_tail_that_reads_differently_when_it_is_copied_is_refused_and_nothing_is_replaced()
    {
        SampleStore sample = SampleStore.Create(setsAfter: 4);
        string newest = sample.NewestSegment;
        List<int> replayed = [.. sample.FramesOf(newest).Where(frame => frame >= sample.Root.Checkpoints[^1].RedoFrom - sample.HeaderOf(newest).FirstLsn)];
        Assert.True(replayed.Count >= 4);
        // In a frame's header, in its body, and in the segment's own header.
        foreach (int offset in (int[])[replayed[0] + 20, replayed[^1] + 90, 50])
        {
            SimulatedFileSystem disk = sample.Image.ToFiles();
            // The header is read once, the log once, and then the copy is made.
            ChangingReads files = new(disk) { Path = newest, Offset = offset, FirstOpening = 3, LastOpening = 3 };
            StoreException refused = Assert.ThrowsAny<StoreException>(() => TestStore.Open(files, SampleStore.KeepLog));
            Assert.Equal(StoreError.ChecksumMismatch, refused.Error);
            Assert.Equal(newest, refused.File);
            Assert.Equal(3, files.Openings);
            StoreImage after = StoreImage.Of(disk);
            Assert.Equal(sample.Image[newest], after[newest]);
            Assert.DoesNotContain(after.Paths, path => path.StartsWith("quarantine/", StringComparison.Ordinal));
            using TestStore again = TestStore.Open(files, SampleStore.KeepLog);
            Assert.Equal(sample.State, again.Dump());
            Assert.Empty(disk.List(AtomicFile.StagingDirectory));
        }
    }

    [Fact]
    public void A_frame_that_a_writer_completes_after_it_was_looked_at_is_no_damage()
    {
        SampleStore sample = SampleStore.Create(setsAfter: 4);
        string newest = sample.NewestSegment;
        int frame = sample.FramesOf(newest)[^2];
        // Proven by the frame behind it, and not there when it is read for the first time.
        ChangingReads files = new(sample.Image.ToFiles()) { Path = newest, Offset = frame + 20, FirstOpening = 2, LastOpening = 2, FirstReadOnly = true };
        using TestStore reader = TestStore.OpenReadOnly(files);
        Assert.Equal(sample.State, reader.Dump());
        Assert.DoesNotContain(reader.Store.RecoveryReport.Findings, finding => finding.Severity == FindingSeverity.Error);
        Assert.True(files.HasLied);

        ChangingReads bad = new(sample.Image.ToFiles()) { Path = newest, Offset = frame + 20, FirstOpening = 2, LastOpening = 2 };
        Assert.Equal(StoreError.RecoveryRequired, Assert.ThrowsAny<StoreException>(() => TestStore.OpenReadOnly(bad)).Error);
    }

    [Fact]
    public void A_checkpoint_that_does_not_read_back_is_not_published_and_harms_nothing()
    {
        SimulatedFileSystem disk = new();
        ChangingReads files = new(disk) { Path = "staging/0000000001.full" };
        using TestStore store = TestStore.Create(files);
        for (int i = 0; i < 20; i++)
            store.Set($"k{i}", $"value {i}");
        long length = 1;
        for (long offset = 0; offset < length; offset++)
        {
            files.Offset = offset;
            files.HasLied = false;
            StoreException? refused = Record.Exception(() => store.Store.TakeCheckpoint()) as StoreException;
            length = files.Length;
            if (!files.HasLied)
                continue;
            Assert.True(refused is not null, $"a flip at {offset} of {length} was not noticed");
            Assert.True(refused.Error is StoreError.CheckpointInvalid or StoreError.StoreMismatch or StoreError.UnsupportedFormatVersion, $"{offset}: {refused.Message}");
            Assert.Empty(store.Store.GetCheckpoints());
            Assert.Empty(disk.List(AtomicFile.StagingDirectory));
            Assert.Empty(disk.List("checkpoints"));
            Assert.Null(store.Store.GetStatus().Fault);
        }

        Assert.True(length > 300);
        files.Offset = -1;
        store.Store.TakeCheckpoint();
        using TestStore again = TestStore.Open(disk.CrashImage(CrashImageKind.DropPending));
        Assert.Equal(1, again.Store.RecoveryReport.CheckpointId);
        Assert.Equal(store.Dump(), again.Dump());
    }

    /// <summary>A file system that shows one byte of one file otherwise than it is, to some of those who open the file.</summary>
    private sealed class ChangingReads(SimulatedFileSystem inner) : ForwardingFileSystem(inner)
    {
        public required string Path { get; init; }

        public long Offset { get; set; } = -1;

        public int FirstOpening { get; init; } = 1;

        public int LastOpening { get; init; } = int.MaxValue;

        /// <summary>Only the first read that meets the byte shows it wrongly.</summary>
        public bool FirstReadOnly { get; init; }

        public int Openings { get; private set; }

        public bool HasLied { get; set; }

        /// <summary>How long the file was when it was last opened for reading.</summary>
        public long Length { get; private set; }

        public override IFile Open(string path, FileIntent intent)
        {
            IFile file = base.Open(path, intent);
            if (path != Path || intent != FileIntent.Read)
                return file;
            Openings++;
            Length = file.GetLength();
            return Openings >= FirstOpening && Openings <= LastOpening ? new ChangingFile(this, file) : file;
        }

        private void Show(Span<byte> bytes, long offset)
        {
            if (Offset < offset || Offset >= offset + bytes.Length || (FirstReadOnly && HasLied))
                return;
            bytes[(int)(Offset - offset)] ^= 0x10;
            HasLied = true;
        }

        private sealed class ChangingFile(ChangingReads files, IFile inner) : ForwardingFile(inner)
        {
            public override int Read(Span<byte> buffer, long offset)
            {
                int read = base.Read(buffer, offset);
                files.Show(buffer[..read], offset);
                return read;
            }

        }
    }
}

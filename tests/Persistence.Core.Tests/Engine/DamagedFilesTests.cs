using Persistence.Diagnostics;
using Persistence.Recovery;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>
/// Damage of every kind to every file: what opens has the whole state, or says that it ends before the last frame, which
/// nothing proves to have been durable; anything else is refused with a documented error.
/// </summary>
public sealed class DamagedFilesTests
{
    private static readonly StoreError[] Refusals =
    [
        StoreError.RecoveryRequired, StoreError.ChecksumMismatch, StoreError.SequenceGap, StoreError.CheckpointInvalid,
        StoreError.DurabilityLost, StoreError.StoreMismatch,
    ];

    [Theory]
    [InlineData(false, "ROOT")]
    [InlineData(true, "ROOT")]
    [InlineData(false, "wal")]
    [InlineData(true, "wal")]
    [InlineData(false, "checkpoints")]
    [InlineData(true, "checkpoints")]
    public void A_flip_of_any_byte_loses_nothing_silently(bool clean, string kind)
    {
        Sample sample = Sample.Create(clean);
        SimulatedFileSystem whole = sample.Image.ToFiles();
        int refused = 0;
        foreach (string path in sample.Image.Paths.Where(path => path.StartsWith(kind, StringComparison.Ordinal)))
        {
            byte[] content = sample.Image[path];
            for (int offset = 0; offset < content.Length; offset += sample.IsUsed(path, offset) ? 1 : 61)
            {
                SimulatedFileSystem files = whole.CrashImage(CrashImageKind.KeepEverything);
                using (IFile file = files.Open(path, FileIntent.ReadWrite))
                    file.Write([(byte)(content[offset] ^ (1 << (offset % 8)))], offset);
                refused += sample.Judge(files, $"{path} at {offset}", alsoWrite: offset % 97 == 0) ? 0 : 1;
            }
        }

        // One bad copy or one bad checkpoint is survived; a bad byte of the log that is needed is not.
        Assert.Equal(kind == "wal", refused > 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_cut_to_any_length_loses_nothing_silently(bool clean)
    {
        Sample sample = Sample.Create(clean);
        foreach (string path in sample.Image.Paths)
        {
            int length = sample.Image[path].Length;
            for (int cut = 0; cut < length; cut += length < 4096 ? 1 : 251)
            {
                StoreImage image = sample.Image.Copy();
                image[path] = image[path][..cut];
                sample.Judge(image.ToFiles(), $"{path} cut to {cut}", alsoWrite: cut % 16 == 0);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_zeroed_sector_anywhere_loses_nothing_silently(bool clean)
    {
        Sample sample = Sample.Create(clean);
        foreach (string path in sample.Image.Paths)
        {
            for (int sector = 0; sector < sample.Image[path].Length; sector += 512)
            {
                StoreImage image = sample.Image.Copy();
                image[path].AsSpan(sector, Math.Min(512, image[path].Length - sector)).Clear();
                sample.Judge(image.ToFiles(), $"{path} sector {sector}", alsoWrite: true);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Any_file_in_the_place_of_any_other_loses_nothing_silently(bool clean)
    {
        Sample sample = Sample.Create(clean);
        foreach (string path in sample.Image.Paths)
        {
            foreach (string other in sample.Image.Paths.Where(other => other != path))
            {
                StoreImage replaced = sample.Image.Copy();
                replaced[path] = replaced[other];
                sample.Judge(replaced.ToFiles(), $"{other} as {path}", alsoWrite: true);
                StoreImage swapped = sample.Image.Copy();
                (swapped[path], swapped[other]) = (swapped[other], swapped[path]);
                sample.Judge(swapped.ToFiles(), $"{other} and {path} swapped", alsoWrite: true);
            }
        }
    }

    [Fact]
    public void Sectors_of_the_log_in_each_others_place_lose_nothing_silently()
    {
        Sample sample = Sample.Create(clean: false);
        foreach (string path in sample.Image.Paths.Where(path => path.EndsWith(".wal", StringComparison.Ordinal)))
        {
            int used = sample.UsedBytes(path);
            for (int from = 0; from < used; from += 512)
            {
                for (int to = 0; to < used; to += 512)
                {
                    StoreImage image = sample.Image.Copy();
                    image[path].AsSpan(from, 512).CopyTo(image[path].AsSpan(to));
                    sample.Judge(image.ToFiles(), $"{path} sector {from} written to {to}", alsoWrite: false);
                }
            }
        }
    }

    /// <summary>A store of two small segments and a checkpoint, and the states it may be found in.</summary>
    private sealed class Sample
    {
        private string _state = "";
        private string _withoutLast = "";
        private Dictionary<string, int> _used = [];

        public StoreImage Image { get; private init; } = new();

        public static Sample Create(bool clean)
        {
            SimulatedFileSystem files = new();
            using TestStore store = TestStore.Create(TestStore.DeterministicHostFor(files), SampleStore.KeepLog with { Compress = false });
            for (int i = 0; i < 4; i++)
                store.Set($"k{i}", $"value {i}");
            store.Store.TakeCheckpoint();
            store.Set("k1", "after the checkpoint");
            store.Store.RotateLog();
            for (int i = 2; i < 5; i++)
                store.Set($"k{i}", $"another value {i}");
            string withoutLast = store.Dump();
            store.Set("k9", "the last one");
            string state = store.Dump();
            if (clean)
                store.Store.Close();
            Sample sample = new()
            {
                Image = StoreImage.Of(files.CrashImage(CrashImageKind.DropPending)),
                _state = state,
                _withoutLast = clean ? state : withoutLast,
            };
            sample._used = sample.Image.Paths.ToDictionary(path => path, sample.FindUsedBytes);
            return sample;
        }

        public int UsedBytes(string path) => _used[path];

        public bool IsUsed(string path, int offset) => offset < _used[path];

        /// <returns>Whether it opened.</returns>
        public bool Judge(SimulatedFileSystem files, string what, bool alsoWrite)
        {
            try
            {
                using (TestStore reader = TestStore.OpenReadOnly(files))
                    JudgeState(reader, what);
                if (!alsoWrite)
                    return true;
                using TestStore store = TestStore.Open(files, SampleStore.KeepLog);
                JudgeState(store, what);
                return true;
            }
            catch (StoreException e)
            {
                Assert.True(Refusals.Contains(e.Error), $"{what}: {e.Error}: {e.Message}");
                return false;
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                throw new InvalidOperationException($"{what}: {e.GetType().Name}: {e.Message}", e);
            }
        }

        private void JudgeState(TestStore store, string what)
        {
            string found = store.Dump();
            if (found == _state)
                return;
            Assert.True(found == _withoutLast, $"{what}: {found}");
            bool isReported = store.Store.RecoveryReport.Findings.Any(finding => finding.Kind == FindingKind.TornTail);
            // A sector of nothing but zeros, or one of another place, is what the space after the last frame may look like.
            Assert.True(isReported || what.Contains("sector", StringComparison.Ordinal), $"{what}: the last frame is gone and nothing is said");
        }

        private int FindUsedBytes(string path)
        {
            byte[] content = Image[path];
            if (!path.StartsWith("wal/", StringComparison.Ordinal))
                return content.Length;
            int last = content.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
            return (int)SectorAlignment.Up(last, 512);
        }
    }
}
